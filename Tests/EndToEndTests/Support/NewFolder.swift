import Foundation

/// A state folder that is there, as a gateway's first start leaves one.
enum NewFolder {
    static func make() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "nanogridata-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        return folder
    }
}
