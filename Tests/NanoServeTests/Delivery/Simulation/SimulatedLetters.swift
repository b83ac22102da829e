import NIOCore
import NIOEmbedded
import NanoSim
import Synchronization

@testable import NanoServe

/// Keeps dead letters on a disk of its own, which takes simulated time and outlasts gateways.
final class SimulatedLetters: DeadLetterKeeper {
    private struct State {
        var loop: EmbeddedEventLoop?
        var random: SplitMix64
        /// Identities, by the place of the destination.
        var letters: [Set<String>] = [[], []]
        /// Packets that were stored before a crash, and came once more.
        var countedTwice: [UInt64] = [0, 0]
        /// What is on its way to the disk, the oldest first.
        var burials: [Burial] = []
    }

    private struct Burial {
        var letters: [DeadLetter]
        var place: Int
        var done: @Sendable (DeadLetterBurial?) -> Void
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(random: SplitMix64(seed: seed)))
    }

    /// Begins to work for a gateway.
    func begin(on loop: EmbeddedEventLoop) {
        state.withLock { state in
            state.loop = loop
            state.countedTwice = [0, 0]
            state.burials = []
        }
    }

    /// Loses what is on its way to the disk.
    func forgetGateway() {
        state.withLock { $0.burials = [] }
    }

    func count(place: Int) -> UInt64 { state.withLock { UInt64($0.letters[place].count) } }

    /// Since the start of the gateway.
    func countedTwice(place: Int) -> UInt64 { state.withLock { $0.countedTwice[place] } }

    func bury(
        _ letters: [DeadLetter], place: Int, done: @escaping @Sendable (DeadLetterBurial?) -> Void
    ) {
        let (loop, delay) = state.withLock { state in
            state.burials.append(Burial(letters: letters, place: place, done: done))
            return (state.loop, Int64.random(in: 0...20, using: &state.random))
        }
        loop?.scheduleTask(in: .milliseconds(delay)) { self.flush() }
    }

    /// Stores everything that has been asked for, as a gateway does at its stop.
    func flush() {
        let finished = state.withLock { state in
            defer { state.burials = [] }
            return state.burials.map { burial in
                let known = burial.letters.filter {
                    !state.letters[burial.place].insert($0.identity).inserted
                }
                state.countedTwice[burial.place] += UInt64(known.count)
                return (burial, DeadLetterBurial(known: UInt64(known.count)))
            }
        }
        for (burial, result) in finished { burial.done(result) }
    }

    // Nobody asks for letters to be sent once more.
    func remove(_ numbers: [Int64], place: Int) {}
    func release(_ numbers: [Int64], place: Int) {}
    func hasMarked(place: Int) -> Bool { false }
    func claim(_ numbers: [Int64], place: Int) -> Set<Int64> { [] }
    func fetch(
        _ count: Int, place: Int, behind waiting: Set<Int64>,
        _ completion: @escaping @Sendable ([DeadLetter]) -> Void
    ) {}
}
