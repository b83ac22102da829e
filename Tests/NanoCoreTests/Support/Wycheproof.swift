import Foundation
import NanoCore
import Testing

/// A file of test vectors by project Wycheproof, where it is there.
struct Wycheproof {
    static let hmac = Wycheproof(name: "wycheproof_hmac_sha256.json")
    static let hkdf = Wycheproof(name: "wycheproof_hkdf_sha256.json")
    static let gcm = Wycheproof(name: "wycheproof_aes_gcm.json")

    /// One case: its members, numbers of its group among them, as text.
    struct Case {
        let number: Int
        let values: [String: String]

        /// A member in hexadecimal digits.
        func bytes(_ name: String) throws -> [UInt8] {
            try SecretPolicy.decode(hexadecimal: try #require(values[name]))
        }
    }

    let name: String
    private var file: URL { FrameVectors.folder.appending(path: name) }
    var isHere: Bool { FileManager.default.fileExists(atPath: file.path()) }

    func tests() throws -> [Case] {
        let root = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let groups = try #require((root as? [String: Any])?["testGroups"] as? [[String: Any]])
        return groups.flatMap { group in
            (group["tests"] as? [[String: Any]] ?? []).map { test in
                let members = group.filter { $0.value is Int }.merging(test) { $1 }
                return Case(
                    number: test["tcId"] as? Int ?? 0, values: members.mapValues { "\($0)" })
            }
        }
    }
}
