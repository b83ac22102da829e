import Foundation
import NanoCore
import Testing

/// The examples of RFC 8949, Appendix A, under the limits of a payload.
@Suite struct AppendixATests {
    @Test(arguments: AppendixATable.rows)
    func `an example of the RFC becomes the JSON of its section 6`(row: AppendixATable.Row) {
        let payload = Payloads.wrapped(Payloads.bytes(row.hex))
        switch row.expectation {
        case .json(let json):
            #expect(Payloads.refusal(payload) == nil)
            #expect(Payloads.json(payload) == "{\"v\":" + json + "}")
        case .refused(let reason, let detail):
            let refusal = Payloads.refusal(payload)
            #expect(refusal?.reason == reason)
            #expect(refusal?.detail == detail)
        }
    }

    @Test(arguments: AppendixATable.rows)
    func `only the examples that are maps may stand at the top`(row: AppendixATable.Row) {
        let refusal = Payloads.refusal(Payloads.bytes(row.hex))
        switch row.hex.first {
        case "a", "b":
            #expect((refusal == nil) == (row.hex != "a201020304"))
        case "c", "d":
            #expect(refusal?.reason == .cborLimit)
            #expect(refusal?.detail == .tag)
        default:
            #expect(refusal?.reason == .cborMalformed)
            #expect(refusal?.detail == .topNotMap)
        }
    }

    static let isShared = FileManager.default.fileExists(atPath: path)
    static let path = VectorFiles.path("rfc8949_appendix_a.json")

    @Test(.enabled(if: isShared))
    func `the table has all the rows of the published set`() throws {
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: Self.path)))
                as? [[String: Any]])
        #expect(
            Set(rows.compactMap { $0["hex"] as? String }) == Set(AppendixATable.rows.map(\.hex)))
    }
}

/// Published vectors beside the package; the tests that need them are off where they are not.
enum VectorFiles {
    static func path(_ name: String) -> String {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root.appending(path: "../shared/vectors/" + name).path(percentEncoded: false)
    }
}
