import NanoCore
import Synchronization

/// What a receiver remembers, in bounded memory: counts, the last events, and the ids of more of
/// them, to drop what at-least-once delivery repeats.
final class CollectorStore: Sendable {
    struct Counts {
        var accepted: UInt64 = 0
        /// Events that had come before; they are not in `accepted`.
        var duplicates: UInt64 = 0
        var rejected: UInt64 = 0
        var kept = 0
        var byType: [String: UInt64] = [:]
    }

    private struct State {
        var counts = Counts()
        var events: [CollectorEvent] = []
        /// Place of the oldest event once the ring is full.
        var oldest = 0
        var known: Set<String> = []
        var order: [String] = []
        /// Place of the oldest id once the window is full.
        var oldestID = 0
    }

    private let keptEvents: Int
    private let rememberedIDs: Int
    private let state = Mutex(State())

    init(keptEvents: Int = 200, rememberedIDs: Int = 20_000) {
        precondition(keptEvents > 0 && rememberedIDs > 0)
        self.keptEvents = keptEvents
        self.rememberedIDs = rememberedIDs
    }

    func add(_ events: [CollectorEvent], rejected: Int) {
        state.withLock { state in
            state.counts.rejected += UInt64(rejected)
            for event in events {
                guard isNew(event.id, &state) else {
                    state.counts.duplicates += 1
                    continue
                }
                state.counts.accepted += 1
                state.counts.byType[event.type, default: 0] += 1
                keep(event, &state)
            }
        }
    }

    var counts: Counts {
        state.withLock { state in
            var counts = state.counts
            counts.kept = state.events.count
            return counts
        }
    }

    /// The last events as JSON, newest last.
    var newest: [[UInt8]] {
        state.withLock { state in
            (state.events[state.oldest...] + state.events[..<state.oldest]).map(\.json)
        }
    }

    private func isNew(_ id: String?, _ state: inout State) -> Bool {
        guard let id else { return true }
        guard state.known.insert(id).inserted else { return false }
        if state.order.count < rememberedIDs {
            state.order.append(id)
        } else {
            state.known.remove(state.order[state.oldestID])
            state.order[state.oldestID] = id
            state.oldestID = (state.oldestID + 1) % rememberedIDs
        }
        return true
    }

    private func keep(_ event: CollectorEvent, _ state: inout State) {
        if state.events.count < keptEvents {
            state.events.append(event)
        } else {
            state.events[state.oldest] = event
            state.oldest = (state.oldest + 1) % keptEvents
        }
    }
}
