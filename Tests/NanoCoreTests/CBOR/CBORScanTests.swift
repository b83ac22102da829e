import NanoCore
import Testing

/// The device's identity in a payload that nobody vouches for.
@Suite struct CBORScanTests {
    static func deviceID(_ payload: [UInt8]) -> String? {
        CBORScan.deviceID(in: payload.span, payload.indices)?.text(in: payload.span)
    }

    @Test(arguments: [
        "a1 696465766963655f6964 6141", "a2 6161 01 696465766963655f6964 6141",
        "a2 6161 a16162820102 696465766963655f6964 6141", "bf 696465766963655f6964 6141 ff",
        "a2 6161 9f9f01ffbfffff 696465766963655f6964 6141 ff00",
        "a3 6161 7f6161ff 6162 f90000 696465766963655f6964 6141",
        "a1 7f 67 6465766963655f 62 6964 ff 6141", "a1 696465766963655f6964 7f6141ff",
        "a1 696465766963655f6964 7f606141 7800ff",
    ])
    func `the text of device_id is found wherever it stands in the top map`(hex: String) {
        #expect(Self.deviceID(Payloads.bytes(hex)) == "A")
    }

    @Test(arguments: [
        "", "a0", "00", "81 696465766963655f6964", "a1 696465766963655f6964 01",
        "a1 696465766963655f6964 7f6141", "a1 696465766963655f6964 6241",
        "a1 696465766963655f6964", "a1 6161 a1 696465766963655f6964 6141",
        "a2 6161 c100 696465766963655f6964 6141", "a1 696465766963655f6965 6141",
        "a2 01 02 696465766963655f6964 6141", "b5 696465766963655f6964 6141",
        "a2 6161 818181818181818181818100 696465766963655f6964 6141",
        "a1 496465766963655f6964 6141", "a2 6161 9bffffffffffffffff 696465766963655f6964 6141",
    ])
    func `anything else has no identity`(hex: String) {
        #expect(Self.deviceID(Payloads.bytes(hex)) == nil)
    }

    @Test func `the identity is found where the payload lies in its buffer`() {
        let payload = Payloads.bytes("a1 696465766963655f6964 6141")
        let buffer = [0, 0, 0] + payload + [1]
        #expect(CBORScan.deviceID(in: buffer.span, 3..<3 + payload.count)?.range == 15..<16)
    }
}
