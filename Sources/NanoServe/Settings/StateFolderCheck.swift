import Glibc
import NanoCore

/// What would keep a gateway from using its state folder, looked at without changing anything.
enum StateFolderCheck {
    private static let remedy = "set state.folder (NANOGRIDATA_STATE_DIR) to another one"

    /// - Parameter place: Where the folder was given, or the key.
    /// - Returns: A line each.
    static func problems(of folder: String, at place: String, _ now: Moment) -> [String] {
        var status = stat()
        guard stat(folder, &status) == 0 else {
            return makingProblem(folder).map { ["\(place): \($0); \(remedy)"] } ?? []
        }
        let shown = SafeText.quotable(folder, to: 200)
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return ["\(place): \(shown) is not a folder; \(remedy)"]
        }
        do {
            try KeystoreEditor.checkOwner(of: folder)
            try FolderPrivacy.check(folder)
        } catch {
            return ["\(place): \(error)"]
        }
        guard access(folder, W_OK | X_OK) == 0 else {
            return ["\(place): \(shown) cannot be written by user \(geteuid()); \(remedy)"]
        }
        return contentProblems(of: folder, now).map { "\(place): \($0)" }
    }

    /// Why the first start could not make the folder; nil where it probably can.
    private static func makingProblem(_ folder: String) -> String? {
        var parent = Substring(folder)
        var status = stat()
        repeat {
            guard let slash = parent.lastIndex(of: "/") else { parent = "."; break }
            parent = slash == parent.startIndex ? "/" : parent[..<slash]
        } while parent != "/" && lstat(String(parent), &status) != 0
        let (ancestor, shown) = (String(parent), SafeText.quotable(String(parent), to: 200))
        let problem: String? =
            if stat(ancestor, &status) != 0 {
                String(cString: strerror(errno))
            } else if status.st_mode & S_IFMT != S_IFDIR {
                "it is not a folder"
            } else if access(ancestor, W_OK | X_OK) != 0 {
                "user \(geteuid()) cannot write there"
            } else {
                nil
            }
        return problem.map {
            "\(SafeText.quotable(folder, to: 200)) cannot be made in \(shown): \($0)"
        }
    }

    private static func contentProblems(of folder: String, _ now: Moment) -> [String] {
        var problems: [String] = []
        var status = stat()
        let journal = folder + "/journal"
        if stat(journal, &status) == 0, status.st_mode & S_IFMT != S_IFDIR {
            problems.append(
                "\(SafeText.quotable(journal, to: 200)) is not a folder; move it away")
        }
        do {
            _ = try RegistryFile(stateFolder: folder).read()
        } catch {
            problems.append("\(error)")
        }
        do {
            _ = try BlockFile(stateFolder: folder).read(now: now)
        } catch {
            problems.append("\(error)")
        }
        return problems
    }
}
