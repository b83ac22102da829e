import NanoCore
import NanoSim
import Synchronization

@testable import NanoServe

/// A destination in simulated time: it answers as chance has it, remembers what reached it, and
/// finds fault with what should not.
///
/// The number of a packet chooses its device, and whether it can ever be taken.
final class SimulatedReceiver: Sendable {
    /// What an attempt is going to bring.
    struct Plan {
        var request: Int
        /// Simulated milliseconds until the answer; 0 for one that comes at once.
        var milliseconds: Int64 = 0
        var answer: SinkAnswer
    }

    fileprivate struct State {
        var random: SplitMix64
        var isHealthy = false
        var isAway = false
        /// Devices whose packets are refused one by one, for the time being.
        var refused: Set<Int> = []
        /// Devices for whose sake a whole request fails, for the time being.
        var choking: Set<Int> = []
        var requests = 0
        /// By request: the devices in it, and what of it was taken.
        var underWay: [Int: (devices: Set<Int>, taken: [Int])] = [:]
        var settled: Set<Int> = []
        /// Settled packets of which the gateway may not know, or have forgotten, that they are.
        var mayRepeat: Set<Int> = []
        var condemned: Set<Int> = []
        /// Packets that an operator gave up; they may come late, or never.
        var excused: Set<Int> = []
        /// Packets that are not to be sent from now on, and those of them that a crash does not bring back.
        var givenUp: (now: Set<Int>, saved: Set<Int>) = ([], [])
        var newest = [Int](repeating: -1, count: SimulatedPackets.devices)
        var faults: [String] = []
    }

    let concurrency: Int
    private let state: Mutex<State>

    init(seed: UInt64, concurrency: Int) {
        self.concurrency = concurrency
        state = Mutex(State(random: SplitMix64(seed: seed)))
    }

    /// Milliseconds after which nobody waits for an answer.
    fileprivate static let timeoutMilliseconds: Int64 = 2_000

    // MARK: - What came of it

    var settled: Set<Int> { state.withLock(\.settled) }
    var condemned: Set<Int> { state.withLock(\.condemned) }
    var excused: Set<Int> { state.withLock(\.excused) }
    /// What should not have happened.
    var fault: String? { state.withLock(\.faults.first) }
    /// Requests that are under way.
    var underWay: Int { state.withLock(\.underWay.count) }

    /// Goes away, or comes back.
    func toggleAway() {
        state.withLock { $0.isAway.toggle() }
    }

    /// Refuses the packets of some devices until the next call, while it takes those of others.
    func refuseSome() {
        state.withLock { $0.refused = $0.someDevices(atMost: 3) }
    }

    /// Fails until the next call wherever packets of some devices are in a request.
    func chokeOnSome() {
        state.withLock { $0.choking = $0.someDevices(atMost: 2) }
    }

    /// Devices for whose sake whole requests fail.
    var choking: Set<Int> { state.withLock(\.choking) }

    /// Does not ask for packets any more.
    func excuse(_ numbers: Set<Int>) {
        state.withLock { $0.excused.formUnion(numbers) }
    }

    /// Finds fault with packets that are sent from now on.
    ///
    /// - Parameter isSaved: Whether with those too that are sent after a crash.
    func giveUp(_ numbers: Set<Int>, isSaved: Bool) {
        state.withLock { state in
            state.givenUp.now.formUnion(numbers)
            if isSaved { state.givenUp.saved.formUnion(numbers) }
        }
    }

    /// Takes from now on whatever it can, but for what it chokes on.
    func heal() {
        state.withLock {
            $0.isHealthy = true
            $0.isAway = false
            $0.refused = []
        }
    }

    /// Chokes on nothing any more.
    func stopChoking() {
        state.withLock { $0.choking = [] }
    }

    /// Notes that the gateway has died, and with it perhaps what it knew of the answers.
    func forgetGateway() {
        state.withLock { state in
            state.underWay = [:]
            state.mayRepeat = state.settled
            state.givenUp.now = state.givenUp.saved
        }
    }

    // MARK: - Requests

    func begin(_ batch: DeliveryBatch) -> Plan {
        state.withLock { state in
            let numbers = SimulatedPackets.numbers(in: batch)
            let devices = Set(numbers.map(SimulatedPackets.device(of:)))
            state.requests += 1
            for (_, other) in state.underWay where !other.devices.isDisjoint(with: devices) {
                state.faults.append("\(numbers) overtakes, or is overtaken")
            }
            if state.underWay.count >= concurrency {
                state.faults.append("more than \(concurrency) requests at once")
            }
            if let again = numbers.first(where: {
                state.settled.contains($0) && !state.mayRepeat.contains($0)
            }) {
                state.faults.append("\(again) is sent again")
            }
            if let skipped = numbers.first(where: { state.givenUp.now.contains($0) }) {
                state.faults.append("\(skipped) is sent, though it was skipped")
            }
            let before = state.settled
            let plan = state.plan(batch, numbers, as: state.requests)
            let settled = numbers.filter { state.settled.contains($0) && !before.contains($0) }
            state.underWay[state.requests] = (devices, settled)
            return plan
        }
    }

    /// - Parameter isKnown: Whether the gateway has seen the answer.
    func end(_ request: Int, isKnown: Bool) {
        state.withLock { state in
            let ended = state.underWay.removeValue(forKey: request)
            if !isKnown { state.mayRepeat.formUnion(ended?.taken ?? []) }
        }
    }
}

extension SimulatedReceiver.State {
    fileprivate mutating func someDevices(atMost most: Int) -> Set<Int> {
        let count = Int.random(in: 0...most, using: &random)
        return Set(
            (0..<count).map { _ in Int.random(in: 0..<SimulatedPackets.devices, using: &random) })
    }

    /// Decides what becomes of a request, which arrives now.
    fileprivate mutating func plan(
        _ batch: DeliveryBatch, _ numbers: [Int], as request: Int
    ) -> SimulatedReceiver.Plan {
        let timeout = SimulatedReceiver.timeoutMilliseconds
        var plan = SimulatedReceiver.Plan(request: request, answer: .all(.retry, of: batch))
        plan.milliseconds = Int64.random(in: 0...40, using: &random)
        if isAway {
            plan.answer.error = "away"
            return plan
        }
        if numbers.contains(where: { choking.contains(SimulatedPackets.device(of: $0)) }) {
            plan.answer.error = "choked"
            return plan
        }
        let conduct = isHealthy ? 99 : Int.random(in: 0..<100, using: &random)
        switch conduct {
        case 0..<10: break
        case 10..<15:
            plan.answer.retryAfterMilliseconds = Int64.random(in: 1...5_000, using: &random)
        case 15..<20: plan.milliseconds = timeout
        case 20..<25:
            // Taken, but the answer is lost.
            take(numbers.filter { !SimulatedPackets.isPoison($0) })
            mayRepeat.formUnion(numbers)
            plan.milliseconds = timeout
        case 25..<35 where numbers.count > 1:
            plan.answer = .all(.deadLetter, of: batch)
            plan.answer.mayConcernFewer = true
        case 35..<50: plan.answer = takePart(batch, numbers, refusing: 30)
        default:
            if (50..<55).contains(conduct) {
                plan.milliseconds = Int64.random(in: 500..<timeout, using: &random)
            }
            let hasPoison = numbers.contains(where: SimulatedPackets.isPoison)
            if hasPoison, numbers.count > 1, Bool.random(using: &random) {
                plan.answer = .all(.deadLetter, of: batch)
                plan.answer.mayConcernFewer = true
            } else {
                plan.answer = takePart(batch, numbers, refusing: 0)
            }
        }
        if plan.answer.outcomes != [], !plan.answer.isDelivered { plan.answer.error = "chance" }
        return plan
    }

    /// Takes some, refuses some for now, and condemns what can never be taken.
    private mutating func takePart(
        _ batch: DeliveryBatch, _ numbers: [Int], refusing percent: Int
    ) -> SinkAnswer {
        var answer = SinkAnswer.all(.delivered, of: batch)
        // What follows of a device is refused too, so that its order is kept.
        var refused = refused
        for (place, number) in numbers.enumerated() {
            let device = SimulatedPackets.device(of: number)
            let isRefused = Int.random(in: 0..<100, using: &random) < percent
            if isRefused || refused.contains(device) {
                refused.insert(device)
                answer.outcomes[place] = .retry
            } else if SimulatedPackets.isPoison(number) {
                answer.outcomes[place] = .deadLetter
                condemned.insert(number)
                settled.insert(number)
            } else {
                take([number])
            }
        }
        return answer
    }

    private mutating func take(_ numbers: [Int]) {
        for number in numbers where settled.insert(number).inserted {
            let device = SimulatedPackets.device(of: number)
            if newest[device] > number, !excused.contains(number) {
                faults.append("\(number) comes behind \(newest[device]) of the same device")
            }
            newest[device] = max(newest[device], number)
        }
    }
}
