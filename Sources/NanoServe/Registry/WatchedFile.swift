import Synchronization

/// What a ``SharedFile`` holds, as the gateway goes by it.
final class WatchedFile<Content: SharedContent>: Sendable {
    private struct State {
        var content: Content
        var stamp: FileStamp?
        /// What could not be read, and why.
        var failed: (stamp: FileStamp, reason: String)?
    }

    private let file: SharedFile<Content>
    private let state: Mutex<State>

    /// - Throws: ``KeystoreError`` when there is a file that cannot be gone by.
    init(_ file: SharedFile<Content>) throws(KeystoreError) {
        self.file = file
        let stamp = file.stamp
        state = Mutex(State(content: try file.load() ?? Content(), stamp: stamp))
    }

    var content: Content { state.withLock { $0.content } }

    /// Why the file that lies there cannot be gone by, in a sentence; nil when it can, or is gone.
    var fault: String? { state.withLock { $0.failed?.reason } }

    /// Takes over what another process has changed. A file that is gone changes nothing.
    ///
    /// - Returns: Whether there was anything.
    /// - Throws: ``KeystoreError``, once for each state of the file.
    func refresh() throws(KeystoreError) -> Bool {
        let stamp = file.stamp
        let isNew = state.withLock { state in
            // What lies there is what holds, perhaps again.
            if stamp == nil || stamp == state.stamp { state.failed = nil }
            return stamp != state.stamp && stamp != state.failed?.stamp
        }
        guard let stamp, isNew else { return false }
        do throws(KeystoreError) {
            guard let content = try file.load() else { return false }
            return state.withLock { state in
                defer { state = State(content: content, stamp: stamp) }
                return content != state.content
            }
        } catch {
            state.withLock { $0.failed = (stamp, error.description) }
            throw error
        }
    }

    /// Changes the file, and goes by it from now on.
    ///
    /// - Parameter body: Gives what was done, in a sentence.
    func change(
        _ body: (inout Content) throws(KeystoreError) -> String
    ) throws(KeystoreError) -> SharedChange {
        let done = try file.update(or: content, body)
        state.withLock { $0 = State(content: done.content, stamp: done.stamp) }
        return done.change
    }
}
