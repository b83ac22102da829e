import NanoCore
import Testing

@Suite struct FrameHeaderTests {
    @Test func `the largest frame is header, payload and the longest MAC`() {
        #expect(FrameHeader.maximumFrameLength == 1070)
    }

    @Test(arguments: [("0x10", 0x10), ("10", 0x10), ("ff", 0xFF), ("0XfF", 0xFF), ("7", 7)])
    func `model ids are read in hexadecimal`(text: String, value: Int) {
        #expect(ModelID(text)?.rawValue == UInt8(value))
    }

    @Test(arguments: ["", "0x", "100", "0x1g", "-1", "+1"])
    func `what is no model id is refused`(text: String) {
        #expect(ModelID(text) == nil)
    }
}
