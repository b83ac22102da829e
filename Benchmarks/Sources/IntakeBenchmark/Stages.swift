import NanoCore

/// The parts of an intake, each over every frame of a fleet. A stage's answer is checked, so that
/// nothing can be optimised away and nothing wrong is measured.
struct Stage {
    let name: String
    /// Prepares one round outside of the measured time.
    let prepare: () -> () -> Int
    /// What a round has to answer.
    let expected: Int
}

enum Stages {
    static func all(_ fleet: Fleet) -> [Stage] {
        let forged = fleet.forged()
        let strangers = Fleet(frames: fleet.count, model: .custom)
        return [
            Stage(
                name: "parse, refuse at admission",
                prepare: { connection(strangers, wanting: .unknownModel) },
                expected: fleet.count),
            Stage(name: "HMAC-SHA256", prepare: { { macs(fleet) } }, expected: fleet.count),
            Stage(name: "replay guard", prepare: { replays(fleet) }, expected: fleet.count),
            Stage(name: "device id", prepare: { { deviceIDs(fleet) } }, expected: fleet.count),
            Stage(name: "CBOR walk", prepare: { { walks(fleet) } }, expected: fleet.count),
            Stage(
                name: "CBOR walk with profile", prepare: { { profiles(fleet) } },
                expected: fleet.count),
            Stage(
                name: "whole intake, accepted", prepare: { connection(fleet, wanting: nil) },
                expected: fleet.count),
            Stage(
                name: "whole intake, forged",
                prepare: { connection(forged, wanting: .macMismatch) }, expected: fleet.count),
            Stage(
                name: "whole intake, replayed",
                prepare: { connection(fleet, wanting: .replay) }, expected: fleet.count),
        ]
    }

    /// An intake that knows one model, and a guard that knows nothing.
    static func intake() -> Intake {
        let keys = ModelKeys(
            model: Fleet.model, name: "benchmark", minimumLevel: .standard,
            profile: .standard(for: Fleet.model), keys: [HMACKey(secret: Fleet.secret)])
        let replay = SharedReplayGuard(
            configuration: ReplayGuard.Configuration(), hashKey: (0x5EED, 0xC0FFEE))
        return Intake(
            configuration: IntakeConfiguration(keys: KeyTable([keys])), guard: replay)
    }

    /// Reads a fleet as one connection brings it, 64 frames at a time, and counts the verdicts
    /// that are wanted: the frames accepted, or refused for a reason. Replays have been read
    /// before.
    static func connection(_ fleet: Fleet, wanting reason: RefusalReason?) -> () -> Int {
        var intake = intake()
        // A read buffer of its own for each write, as the event loop would hand it over.
        let writes = stride(from: 0, to: fleet.count, by: Fleet.framesPerWrite).map { first in
            let last = min(first + Fleet.framesPerWrite, fleet.count) - 1
            let range = fleet.frame(first).lowerBound..<fleet.frame(last).upperBound
            return Array(fleet.bytes[range])
        }
        if reason == .replay { _ = read(writes, wanting: nil, &intake) }
        return { read(writes, wanting: reason, &intake) }
    }

    private static func read(
        _ writes: [[UInt8]], wanting reason: RefusalReason?, _ intake: inout Intake
    ) -> Int {
        var reader = ConnectionReader(source: PacketSource(connection: 1, address: 1))
        var wanted = 0
        var buffer: [UInt8] = []
        buffer.reserveCapacity(2 * (writes.first?.count ?? 0))
        for write in writes {
            // What a bad MAC holds back for its successor's header is passed again.
            buffer += write
            let outcome = reader.read(
                buffer.span, ending: nil, intake: &intake, now: now
            ) { verdict, _ in
                if matches(verdict, reason) { wanted += 1 }
            }
            buffer.removeFirst(outcome.consumed)
        }
        _ = reader.read(buffer.span, ending: .closed, intake: &intake, now: now) { verdict, _ in
            if matches(verdict, reason) { wanted += 1 }
        }
        return wanted
    }

    private static let now = Moment(
        unixMilliseconds: Int64(Fleet.now) * 1_000, monotonicNanoseconds: 1_000_000_000)

    private static func matches(_ verdict: Verdict, _ reason: RefusalReason?) -> Bool {
        switch verdict {
        case .accepted: reason == nil
        case .refused(let refusal, _, _): refusal.reason == reason
        case .gapEnded: false
        }
    }

    private static func macs(_ fleet: Fleet) -> Int {
        let bytes = fleet.bytes.span
        var valid = 0
        for number in 0..<fleet.count {
            let frame = fleet.frame(number)
            let mac = fleet.payload(number).upperBound..<frame.upperBound
            if fleet.key.verifies(bytes, frame.lowerBound..<mac.lowerBound, mac: mac) { valid += 1 }
        }
        return valid
    }

    static func replays(_ fleet: Fleet) -> () -> Int {
        let replay = SharedReplayGuard(
            configuration: ReplayGuard.Configuration(), hashKey: (0x5EED, 0xC0FFEE))
        let source = PacketSource(connection: 1, address: 1)
        return {
            var fresh = 0
            for number in 0..<fleet.count {
                let device = UInt64(number % 50 + 1) &* 0x9E37_79B9_7F4A_7C15
                let entry = ReplayGuard.Entry(
                    model: Fleet.model, timestamp: Fleet.now + UInt32(number / 10_000),
                    device: device, tag: UInt64(number) &* 0xD134_2543_DE82_EF95, source: source)
                if replay.insert(entry, now: now) == .fresh { fresh += 1 }
            }
            return fresh
        }
    }

    private static func deviceIDs(_ fleet: Fleet) -> Int {
        let bytes = fleet.bytes.span
        var found = 0
        for number in 0..<fleet.count
        where CBORScan.deviceID(in: bytes, fleet.payload(number)) != nil { found += 1 }
        return found
    }

    private static func walks(_ fleet: Fleet) -> Int {
        let bytes = fleet.bytes.span
        var valid = 0
        for number in 0..<fleet.count {
            do {
                try CBORWalk.validate(bytes, fleet.payload(number))
                valid += 1
            } catch {
                continue
            }
        }
        return valid
    }

    private static func profiles(_ fleet: Fleet) -> Int {
        let bytes = fleet.bytes.span
        var valid = 0
        for number in 0..<fleet.count {
            do {
                try Profile.esp32Pressure.validate(
                    bytes, payload: fleet.payload(number), type: .telemetry)
                valid += 1
            } catch {
                continue
            }
        }
        return valid
    }
}
