import Synchronization

/// What a ``SharedFile`` holds, as the gateway goes by it.
final class WatchedFile<Content: SharedContent>: Sendable {
    private struct State {
        var content: Content
        var stamp: FileStamp?
        /// The writing that could not be read.
        var failed: FileStamp?
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

    /// Takes over what another process has changed. A file that is gone changes nothing.
    ///
    /// - Returns: Whether there was anything.
    /// - Throws: ``KeystoreError``, once for each writing of the file.
    func refresh() throws(KeystoreError) -> Bool {
        guard let stamp = file.stamp, state.withLock({ $0.stamp != stamp && $0.failed != stamp })
        else { return false }
        do throws(KeystoreError) {
            guard let content = try file.load() else { return false }
            state.withLock { $0 = State(content: content, stamp: stamp) }
            return true
        } catch {
            state.withLock { $0.failed = stamp }
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
