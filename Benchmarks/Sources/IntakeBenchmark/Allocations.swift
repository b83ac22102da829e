import Glibc
import NanoCore

/// The count of `AllocationCounter/malloc_count.c`, if that is preloaded.
struct AllocationCounter {
    private typealias Function = @convention(c) () -> UInt64
    private let function: Function

    init?() {
        guard let symbol = dlsym(nil, "malloc_count_now") else { return nil }
        function = unsafeBitCast(symbol, to: Function.self)
    }

    var now: UInt64 { function() }
}

/// Counts what judging allocates: nothing for a frame, whether accepted or refused.
///
/// The replay guard remembers accepted frames after their MAC; its tables grow now and then, never
/// with every frame. They are shown apart.
struct Allocations {
    let count: AllocationCounter
    let frames: Int

    /// Prints the counts, and whether they are what they should be.
    func report() -> Bool {
        let accepted = Fleet(frames: frames)
        // A working counter sees an array being made.
        let before = count.now
        let probe = [UInt8](repeating: 1, count: frames)
        guard count.now > before, probe.count == frames else {
            print("the counter does not count")
            return false
        }
        print("allocations over \(frames) frames, 64 a read:")
        let admission = allocations(Fleet(frames: frames, model: .custom), .unknownModel)
        let forged = allocations(accepted.forged(), .macMismatch)
        let replayed = allocations(accepted, .replay)
        let guarded = guardAllocations(accepted)
        let whole = allocations(accepted, nil)
        print("  refused at admission      \(admission)")
        print("  refused by their MAC      \(forged)")
        print("  refused as replays        \(replayed)")
        print("  accepted                  \(whole), the replay guard's tables \(guarded) of them")
        // Tables grow by a quarter or more, so growing is rare among the frames accepted.
        let isRare = whole <= UInt64(frames) / 100
        let isFree = admission == 0 && forged == 0 && replayed == 0 && isRare
        print(isFree ? "none up to and including the MAC" : "judging allocates")
        return isFree
    }

    private func allocations(_ fleet: Fleet, _ reason: RefusalReason?) -> UInt64 {
        let run = Stages.connection(fleet, wanting: reason)
        let before = count.now
        let verdicts = run()
        let after = count.now
        guard verdicts == fleet.count else {
            print("\(verdicts) verdicts instead of \(fleet.count)")
            exit(1)
        }
        // The read buffer itself.
        return after - before - 1
    }

    private func guardAllocations(_ fleet: Fleet) -> UInt64 {
        let run = Stages.replays(fleet)
        let before = count.now
        _ = run()
        return count.now - before
    }
}
