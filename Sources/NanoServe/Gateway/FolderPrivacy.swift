import Foundation
import Glibc

/// Keeps others out of the state folder: whoever can write there can make a gateway forget what it
/// has accepted, or which secrets hold.
enum FolderPrivacy {
    /// Takes rights away that others have on a folder.
    ///
    /// A folder that holds nothing public becomes the owner's alone. In one that does, the owner's
    /// home for instance, others lose the right to write and keep the right to read: the gateway's
    /// own files in it are private in any case.
    ///
    /// - Returns: What was changed, in a sentence for the operator; nil when nothing had to be.
    /// - Throws: ``StateFolder/Fault`` when it is no folder, belongs to another user or is shared
    ///   on purpose.
    static func enforce(on path: String) throws -> String? {
        let mode = try modeOfOwn(path)
        guard mode & 0o077 != 0 else { return nil }
        let wanted = try holdsPublicThings(path) ? mode & ~0o022 : 0o700
        guard wanted != mode else { return nil }
        guard chmod(path, wanted) == 0 else {
            throw fault(
                path, "is open to others and cannot be closed: \(reason); chmod 700 \(path)")
        }
        return "the state folder \(path) was open to others (mode \(octal(mode))); "
            + "its mode is \(octal(wanted)) now"
    }

    /// Looks whether a folder is one's own, and changes nothing.
    ///
    /// - Throws: ``StateFolder/Fault``, as ``enforce(on:)`` does.
    static func check(_ path: String) throws { _ = try modeOfOwn(path) }

    private static func modeOfOwn(_ path: String) throws -> mode_t {
        var status = stat()
        guard stat(path, &status) == 0 else { throw fault(path, "cannot be examined: \(reason)") }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw fault(path, "is not a folder; set NANOGRIDATA_STATE_DIR to one")
        }
        guard status.st_uid == geteuid() else {
            throw fault(
                path,
                "belongs to user \(status.st_uid), the gateway runs as \(geteuid()); "
                    + "chown \(geteuid()) \(path), or set NANOGRIDATA_STATE_DIR to another folder")
        }
        let mode = status.st_mode & 0o7777
        guard mode & 0o1000 == 0 || mode & 0o022 == 0 else {
            throw fault(
                path,
                "is shared with other users (mode \(octal(mode))); set NANOGRIDATA_STATE_DIR to "
                    + "a folder of its own, such as \(path)/nanogridata")
        }
        return mode
    }

    /// Whether anything in a folder belongs to somebody else, or others may use it.
    private static func holdsPublicThings(_ path: String) throws -> Bool {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw fault(path, "cannot be listed; chmod 700 \(path)")
        }
        return names.contains { name in
            var status = stat()
            guard lstat(path + "/" + name, &status) == 0 else { return false }
            return status.st_uid != geteuid() || status.st_mode & 0o077 != 0
        }
    }

    private static func fault(_ path: String, _ problem: String) -> StateFolder.Fault {
        StateFolder.Fault(
            description: "the state folder \(path) \(problem)", isMisconfiguration: true)
    }

    private static func octal(_ mode: mode_t) -> String { String(mode, radix: 8) }

    private static var reason: String { String(cString: strerror(errno)) }
}
