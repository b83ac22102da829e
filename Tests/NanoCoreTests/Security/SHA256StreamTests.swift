import NanoCore
import Testing

@Suite struct SHA256StreamTests {
    @Test func `pieces have the digest of the whole, at every place at which they are cut`() {
        let bytes = (0..<200).map { UInt8($0) }
        for cut in 0...bytes.count {
            var stream = SHA256Stream()
            stream.update(bytes[..<cut])
            #expect(stream.digest == SHA256Digest.of(Array(bytes[..<cut])))
            stream.update(bytes[cut...])
            #expect(stream.digest == SHA256Digest.of(bytes))
            #expect(stream.digest == stream.digest)
        }
    }
}
