import CAccessList
import Foundation
import Glibc
import NanoCore

/// Whether root and one user alone decide what is found at a path: everything on the way to it,
/// through symbolic links as well, is theirs, and others may write to none of it.
struct TrustedPath {
    /// As many as the system follows (path_resolution(7)).
    private static let maximumLinks = 40

    /// Whom a path has to be safe for besides root.
    let user: uid_t
    let path: String
    /// What is there, for messages.
    var kind = "program"
    /// Whose files those of users seem to be that the process's user namespace does not know; nil
    /// where it knows all.
    var unknownUser = UserNamespace.unknownUser
    /// Whose groups are whose alone; nil for the system's, which are read when they are needed.
    var groups: PrivateGroups?

    /// Why somebody else may change or replace what is there, in a sentence that names the path to
    /// be mended; nil when nobody may.
    var problem: String? {
        if let problem = Self.folderProblem("/", self) { return problem }
        /// Where the way has led to, without links and without a slash at its end.
        var reached = ""
        var rest = Self.parts(path)
        if !path.hasPrefix("/") { rest += Self.parts(FileManager.default.currentDirectoryPath) }
        var links = 0
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                reached = reached.lastIndex(of: "/").map { String(reached[..<$0]) } ?? ""
                continue
            }
            let here = reached + "/" + name
            var status = stat()
            guard lstat(here, &status) == 0 else { return unexamined(here) }
            if let problem = ownerProblem(here, status) { return problem }
            guard status.st_mode & S_IFMT == S_IFLNK else {
                if let problem = modeProblem(here, status) { return problem }
                reached = here
                continue
            }
            links += 1
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: here)
            guard let target, links <= Self.maximumLinks else { return unexamined(here) }
            if target.hasPrefix("/") { reached = "" }
            rest += Self.parts(target)
        }
        return nil
    }

    /// The names in a path, the first one last.
    private static func parts(_ path: String) -> [String] {
        path.split(separator: "/").reversed().map(String.init)
    }

    private static func folderProblem(_ folder: String, _ path: TrustedPath) -> String? {
        var status = stat()
        guard lstat(folder, &status) == 0 else { return path.unexamined(folder) }
        return path.ownerProblem(folder, status) ?? path.modeProblem(folder, status)
    }

    private func ownerProblem(_ here: String, _ status: stat) -> String? {
        // Before everything else: a gateway of that very user would trust whomever it stands for.
        if status.st_uid == unknownUser {
            return
                "\(shown(here)) may belong to anybody: its owner is user \(status.st_uid), who in "
                + "this user namespace also stands for everyone it does not know, as root of the "
                + "host may be; map root into the namespace, or run the gateway outside of it"
        }
        guard status.st_uid != 0, status.st_uid != user else { return nil }
        let owner = "\(shown(here)) belongs to user \(status.st_uid)"
        let theirs = user == 0 ? "root" : "root or user \(user)"
        guard status.st_mode & S_IFMT == S_IFREG else {
            return "\(owner), who may put something else in place of \(shown(path)); move the "
                + "\(kind) to where everything belongs to \(theirs)"
        }
        return "\(owner), who may change it; chown root \(shown(here))"
    }

    private func modeProblem(_ here: String, _ status: stat) -> String? {
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        // In a folder with the sticky bit everything is its owner's alone to replace.
        guard status.st_mode & writers(here, status) != 0, !isFolder || status.st_mode & 0o1000 == 0
        else {
            return nil
        }
        let mode = "(mode \(String(status.st_mode & 0o7777, radix: 8)))"
        let remedy = "\(mode); chmod go-w \(shown(here))"
        guard isFolder else { return "others may write to \(shown(here)) \(remedy)" }
        return "others may put something else in place of \(shown(path)), since they may write to "
            + "\(shown(here)) \(remedy)"
    }

    /// Who besides the owner must not be able to write: the group as well, unless none but root, the
    /// owner and the gateway's user is in it. Behind an access list the group's bits speak of others, too.
    private func writers(_ here: String, _ status: stat) -> mode_t {
        guard status.st_mode & 0o020 != 0 else { return 0o022 }
        let isPrivate = (groups ?? .system).isPrivate(status.st_gid, of: [status.st_uid, user])
        return isPrivate && nanogridata_has_access_list(here) == 0 ? 0o002 : 0o022
    }

    private func unexamined(_ here: String) -> String {
        "\(shown(path)) cannot be examined, since \(shown(here)) cannot be followed"
    }

    private func shown(_ path: String) -> String { SafeText.quotable(path, to: 200) }
}
