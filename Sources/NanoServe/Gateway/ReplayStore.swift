import Logging
import NanoCore

/// Brings the replay guard over a restart (`docs/protocol.md`, "Replay").
struct ReplayStore {
    let folder: StateFolder
    let configuration: ReplayGuard.Configuration
    let logger: Logger

    private static let fileName = "replay.guard"
    /// Shards of the guard: more than event loops, so that they seldom meet.
    private static let shardCount = 32

    /// The guard as it was saved, or one that refuses what it cannot know.
    ///
    /// - Parameter futureSeconds: How far ahead a timestamp may be: what was accepted before an
    ///   unclean end may be that much ahead of the clock.
    func load(now: Moment, futureSeconds: Int64) throws -> SharedReplayGuard {
        let saved = try folder.read(Self.fileName)
        if let saved, !folder.wasLeftUnclean {
            do {
                return try SharedReplayGuard(
                    serialized: saved, configuration: configuration, shardCount: Self.shardCount,
                    now: now)
            } catch {
                logger.warning(
                    "saved replay memory cannot be used", metadata: ["error": "\(error)"])
            }
        }
        var chance = SystemRandomNumberGenerator()
        let replayGuard = SharedReplayGuard(
            configuration: configuration, hashKey: (chance.next(), chance.next()),
            shardCount: Self.shardCount)
        // Only a folder that was never used knows that nothing was accepted.
        guard folder.wasUsed else { return replayGuard }
        let newest = UInt32(clamping: now.unixSeconds + futureSeconds)
        replayGuard.forgetEverythingUpTo(timestamp: newest)
        logger.warning(
            "replay memory is lost: frames are refused until their timestamps are newer",
            metadata: ["refused_up_to": "\(newest)", "seconds": "\(futureSeconds)"])
        return replayGuard
    }

    /// Saves the guard; to be called when no more frames come in.
    func save(_ replayGuard: SharedReplayGuard, now: Moment) throws {
        try folder.write(replayGuard.serialized(now: now), to: Self.fileName)
    }
}
