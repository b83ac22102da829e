/// What is known of a journal's end from its cursors, besides what stands in its files.
///
/// A process that is killed while it writes leaves the beginning of a block, which nobody has counted
/// as accepted. What else is wrong at the end is damage, unless the system has gone down too: then
/// whatever was not flushed can be anything.
struct KnownEnd {
    /// The last block that was committed for certain; 0 when nothing is known.
    let lastBlock: UInt64
    /// Whether the system has not been started anew since the cursors were saved.
    let isSameRun: Bool

    /// - Parameter systemRun: That of now; nil when nobody knows.
    init(_ saved: SavedCursors?, systemRun: String?) {
        lastBlock = saved?.lastBlock ?? 0
        isSameRun = systemRun != nil && saved?.systemRun == systemRun
    }
}
