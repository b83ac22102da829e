import Foundation

/// Files that programs were killed in the middle of writing, before they could take their targets' places.
enum Leftovers {
    /// What is being written is younger: nothing of a state folder takes that long.
    private static let youngSeconds = 60

    /// Removes those of programs that are gone from a folder.
    static func sweep(_ folder: String, unixSeconds: Int) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names {
            guard let writer = AtomicFile.writer(ofTemporary: name), isGone(writer) else {
                continue
            }
            let path = folder + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                status.st_mtim.tv_sec + youngSeconds <= unixSeconds
            else { continue }
            unlink(path)
        }
    }

    private static func isGone(_ process: pid_t) -> Bool {
        kill(process, 0) != 0 && errno == ESRCH
    }
}
