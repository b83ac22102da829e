import Foundation
import NanoCore
import Synchronization
import Testing

@testable import NanoServe

/// What a running gateway does with packets that a destination refuses for good.
@Suite struct DeadLetterDeliveryTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/state"
    }

    /// A receiver that refuses everything until it is mended.
    private final class Stubborn: Sendable {
        let isMended = Mutex(false)
        func mend() { isMended.withLock { $0 = true } }

        func start() async throws -> ScriptedReceiver {
            try await .start { _, _ in
                self.isMended.withLock(\.self)
                    ? .status(200) : .status(422, body: "no such \u{1B}[31mlab")
            }
        }
    }

    /// What another process sees of the store.
    private func letters(_ folder: String) throws -> [DeadLetter] {
        try DeadLetterStore(folder: folder).read {
            try $0.letters(DeadLetterSelection(), newest: nil)
        }
    }

    private func mark(_ state: DeadLetter.State, in folder: String) throws {
        try DeadLetterStore(folder: folder).write {
            _ = try $0.mark(DeadLetterSelection(), as: state)
        }
    }

    @Test func `a condemned packet is on disk with its frame and the answer`() async throws {
        let alba = try await Stubborn().start()
        try await withGateway(alba: alba.url) { gateway in
            let frame = DeviceFrames.pressure(7)
            try await gateway.send([frame])
            try await gateway.reaches("routes.alba.dead_letters", 1)
            let letter = try #require(letters(gateway.stateFolder).first)
            #expect(letter.route == "alba" && letter.frame == frame && letter.state == .dead)
            #expect(letter.identity == DeviceFrames.identity(frame))
            #expect(letter.device == "ESP32-001" && letter.model == .esp32Pressure)
            #expect(letter.error.hasPrefix("422 ") && letter.excerpt.contains("no such"))
            #expect(letter.attempts == 1)
            #expect(letter.payload(atMost: 200).contains("\"pressure_pa\":7"))
            let age = letter.condemnedUnixMilliseconds - letter.receivedUnixMilliseconds
            #expect((0..<60_000).contains(age))
        }
        try await alba.stop()
    }

    @Test func `dead letters outlast a restart, and the ledger balances before and after`()
        async throws
    {
        let alba = try await Stubborn().start()
        try await withGateway(alba: alba.url, state: path) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...5))
            try await gateway.reaches("routes.alba.dead_letters", 5)
        }
        try await withGateway(alba: alba.url, state: path) { gateway in
            #expect(try await gateway.number("routes.alba.dead_letters") == 5)
            #expect(try await gateway.number("routes.alba.accepted") == 5)
            try await gateway.expectBalance()
            #expect(gateway.gateway.snapshot([]).routes[0].newestDeadLetters.count == 5)
        }
        #expect(alba.requests.count == 5, "none is sent again by itself")
        try await alba.stop()
    }

    @Test(arguments: [1, 3, 100])
    func `redriven letters are delivered in their order and are gone`(batch: Int) async throws {
        let stubborn = Stubborn()
        let alba = try await stubborn.start()
        try await withGateway(
            alba: alba.url, environment: ["ALBA_BATCH_EVENTS": "\(batch)"]
        ) { gateway in
            let frames = DeviceFrames.pressures(0..<10)
            for (index, frame) in frames.enumerated() {
                try await gateway.send([frame])
                try await gateway.reaches("routes.alba.dead_letters", index + 1)
            }
            stubborn.mend()
            let before = alba.requests.count
            let result = await gateway.perform(.redrive("alba", letters: nil))
            #expect(result == .done("10 dead letters of alba go out once more"))
            try await gateway.reaches("routes.alba.delivered", 10)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
            let bodies = alba.requests[before...].map(\.body).joined()
            let places = (0..<10).map { number in
                bodies.range(of: "\"pressure_pa\":\(number)}")?.lowerBound
            }
            #expect(places.allSatisfy { $0 != nil })
            #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
            #expect(try await eventually { try letters(gateway.stateFolder).isEmpty })
        }
        try await alba.stop()
    }

    @Test func `a letter condemned again is dead again, and counts its attempts`() async throws {
        let alba = try await Stubborn().start()
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.alba.dead_letters", 1)
            let number = try #require(letters(gateway.stateFolder).first).number
            _ = await gateway.perform(.redrive("alba", letters: [number]))
            #expect(try await eventually { try letters(gateway.stateFolder)[0].attempts == 2 })
            let letter = try #require(letters(gateway.stateFolder).first)
            #expect(letter.number == number && letter.state == .dead)
            try await gateway.reaches("routes.alba.dead_letters", 1)
            #expect(try await gateway.number("routes.alba.accepted") == 1)
        }
        #expect(alba.requests.count == 2)
        try await alba.stop()
    }

    @Test func `what another process marks is noticed, and sent or dropped`() async throws {
        let stubborn = Stubborn()
        let alba = try await stubborn.start()
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...4))
            try await gateway.reaches("routes.alba.dead_letters", 4)
            stubborn.mend()
            let store = try DeadLetterStore(folder: gateway.stateFolder)
            let numbers = try letters(gateway.stateFolder).map(\.number)
            try store.write { table in
                _ = try table.mark(
                    DeadLetterSelection(route: "alba", numbers: [numbers[0]]), as: .redrive)
                _ = try table.mark(
                    DeadLetterSelection(route: "alba", numbers: [numbers[1]]), as: .drop)
            }
            try await gateway.reaches("routes.alba.delivered", 1)
            try await gateway.reaches("routes.alba.skipped", 1)
            try await gateway.reaches("routes.alba.dead_letters", 2)
            try await gateway.expectBalance()
            #expect(try letters(gateway.stateFolder).map(\.number) == Array(numbers[2...]))
        }
        try await alba.stop()
    }

    @Test func `letters marked while no gateway runs are sent, and dropped, at the next start`()
        async throws
    {
        let stubborn = Stubborn()
        let alba = try await stubborn.start()
        try await withGateway(alba: alba.url, state: path) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            try await gateway.reaches("routes.alba.dead_letters", 3)
        }
        stubborn.mend()
        try mark(.redrive, in: path)
        try await withGateway(alba: alba.url, state: path) { gateway in
            try await gateway.reaches("routes.alba.delivered", 3)
            #expect(try await gateway.number("routes.alba.accepted") == 3)
        }
        #expect(try letters(path).isEmpty)
        try await alba.stop()
    }

    @Test func `a paused route sends no letters, until it is resumed`() async throws {
        let stubborn = Stubborn()
        let alba = try await stubborn.start()
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            try await gateway.reaches("routes.alba.dead_letters", 3)
            stubborn.mend()
            _ = await gateway.perform(.pauseRoute("alba"))
            let result = await gateway.perform(.redrive("alba", letters: nil))
            #expect(result == .done("3 dead letters of alba go out when alba is resumed"))
            try await Task.sleep(for: .milliseconds(300))
            #expect(try await gateway.number("routes.alba.dead_letters") == 3)
            _ = await gateway.perform(.resumeRoute("alba"))
            try await gateway.reaches("routes.alba.delivered", 3)
        }
        try await alba.stop()
    }

    @Test func `a letter whose destination fails meanwhile stays marked, and goes out in the end`()
        async throws
    {
        let answers = Mutex([422, 503, 503])
        let alba = try await ScriptedReceiver.start { _, _ in
            .status(answers.withLock { $0.isEmpty ? 200 : $0.removeFirst() })
        }
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.alba.dead_letters", 1)
            _ = await gateway.perform(.redrive("alba", letters: nil))
            try await gateway.reaches("routes.alba.delivered", 1)
            #expect(try await gateway.number("routes.alba.retries") == 2)
        }
        #expect(alba.requests.count == 4)
        try await alba.stop()
    }

    @Test func `a letter that is under way at a stop is sent at the next start`() async throws {
        let stubborn = Stubborn()
        let alba = try await stubborn.start()
        try await withGateway(alba: alba.url, state: path, adjust: { $0.drainSeconds = 0 }) {
            gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.alba.dead_letters", 1)
        }
        let dead = try await ScriptedReceiver.start { _, _ in .silence }
        try mark(.redrive, in: path)
        try await withGateway(alba: dead.url, state: path, adjust: { $0.drainSeconds = 0 }) {
            gateway in
            try await gateway.reaches("routes.alba.in_flight", 1)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
        }
        #expect(try letters(path).map(\.state) == [.redrive])
        stubborn.mend()
        try await withGateway(alba: alba.url, state: path) { gateway in
            try await gateway.reaches("routes.alba.delivered", 1)
        }
        for receiver in [alba, dead] { try await receiver.stop() }
    }

    @Test func `a letter under way is not dropped half: it is delivered`() async throws {
        let latch = Latch()
        let alba = try await ScriptedReceiver.start { _, number in
            number == 0 ? .status(422) : .status(200, behind: latch)
        }
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.alba.dead_letters", 1)
            _ = await gateway.perform(.redrive("alba", letters: nil))
            try await gateway.reaches("routes.alba.in_flight", 1)
            let result = await gateway.perform(.dropDeadLetters("alba", letters: .all(upTo: 1)))
            #expect(
                result
                    == .done(
                        "alba: 1 dead letter under way, to be dropped should the destination not "
                            + "take them"))
            latch.open()
            try await gateway.reaches("routes.alba.delivered", 1)
            #expect(try await gateway.number("routes.alba.skipped") == 0)
            #expect(try await eventually { try letters(gateway.stateFolder).isEmpty })
        }
        try await alba.stop()
    }

    @Test func `dropped letters are gone and counted as skipped`() async throws {
        let alba = try await Stubborn().start()
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            try await gateway.reaches("routes.alba.dead_letters", 3)
            let number = try #require(letters(gateway.stateFolder).first).number
            let one = await gateway.perform(.dropDeadLetters("alba", letters: .numbers([number])))
            #expect(one == .done("alba: 1 dead letter dropped"))
            let again = await gateway.perform(.dropDeadLetters("alba", letters: .numbers([number])))
            #expect(again == .failed("alba has no dead letter \(number)"))
            let redriven = await gateway.perform(.redrive("alba", letters: [number]))
            #expect(
                redriven
                    == .failed(
                        "alba has no dead letter \(number) that is not to be sent already"))
            try await gateway.reaches("routes.alba.skipped", 1)
            #expect(try await gateway.number("routes.alba.dead_letters") == 2)
            #expect(try letters(gateway.stateFolder).count == 2)
        }
        try await alba.stop()
    }

    @Test func `beyond the limit the oldest expire, with one line in the log`() async throws {
        let alba = try await Stubborn().start()
        try await withGateway(alba: alba.url, yaml: "dead_letters:\n  max_count: 3\n") { gateway in
            let frames = DeviceFrames.pressures(1...8)
            for (index, frame) in frames.enumerated() {
                try await gateway.send([frame])
                try await gateway.reaches("routes.alba.accepted", index + 1)
                try await gateway.reaches("routes.alba.in_flight", 0)
            }
            try await gateway.reaches("routes.alba.expired", 5)
            #expect(
                try await gateway.number("routes.alba.expired_by.dead_letter_limit") == 5)
            #expect(try await gateway.number("routes.alba.dead_letters") == 3)
            let kept = try letters(gateway.stateFolder).map(\.identity)
            #expect(kept == frames.suffix(3).map(DeviceFrames.identity))
            #expect(gateway.log.lines(with: "the oldest dead letters expire").count == 1)
        }
        try await alba.stop()
    }

    @Test func `a crash between storing and settling makes one letter, and the ledger balances`()
        async throws
    {
        let frame = DeviceFrames.pressure(1)
        let copy = path + ".killed"
        try await withGateway(
            alba: "http://127.0.0.1:9", state: path, adjust: { $0.drainSeconds = 0 }
        ) { gateway in
            try await gateway.send([frame])
            try await gateway.reaches("packets.accepted", 1)
            try FileManager.default.copyItem(atPath: path, toPath: copy)
        }
        let store = try DeadLetterStore(folder: copy)
        try store.write { table in
            _ = try table.put(
                DeadLetter(
                    route: "alba", identity: DeviceFrames.identity(frame), frame: frame,
                    model: .esp32Pressure, receivedUnixMilliseconds: 1,
                    condemnedUnixMilliseconds: 2, attempts: 1, error: "422", excerpt: ""))
        }
        store.close()
        let alba = try await Stubborn().start()
        try await withGateway(alba: alba.url, state: copy) { gateway in
            try await gateway.reaches("routes.alba.in_flight", 0)
            try await gateway.reaches("routes.alba.waiting", 0)
            #expect(try await eventually { try letters(copy).first?.attempts == 2 })
            try await gateway.reaches("routes.alba.dead_letters", 1)
            #expect(try await gateway.number("routes.alba.accepted") == 1)
            try await gateway.expectBalance()
        }
        #expect(try letters(copy).count == 1)
        try await alba.stop()
    }

    /// Lets every insertion fail as a full disk does.
    private func fillDisk(_ isFull: Bool, in folder: String) throws {
        try DeadLetterStore(folder: folder).write { table in
            try table.database.execute(
                sql: isFull
                    ? """
                    CREATE TRIGGER full BEFORE INSERT ON letter
                    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END
                    """ : "DROP TRIGGER full")
        }
    }

    @Test func `while letters cannot be stored, packets stay in flight and nothing is lost`()
        async throws
    {
        let alba = try await Stubborn().start()
        try await withGateway(alba: alba.url, routes: ["concurrency: 2"]) { gateway in
            try fillDisk(true, in: gateway.stateFolder)
            try await gateway.send(DeviceFrames.pressures(1...5))
            #expect(try await eventually { alba.requests.count == 2 })
            let lines = { gateway.log.lines(with: "dead letters cannot be written") }
            #expect(try await eventually { lines().count == 1 })
            #expect(lines().first?.contains("database or disk is full") == true)
            #expect(try await gateway.number("routes.alba.in_flight") == 2)
            let hasAlarm = try await eventually {
                gateway.gateway.snapshot([]).alarms.contains { $0.id == "dead-letters" }
            }
            #expect(hasAlarm)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
            try fillDisk(false, in: gateway.stateFolder)
            try await gateway.reaches("routes.alba.dead_letters", 5)
            #expect(lines().count == 1)
            #expect(gateway.log.lines(with: "dead letters can be written again").count == 1)
        }
        try await alba.stop()
    }

    @Test func `what cannot be stored until the stop is delivered again at the next start`()
        async throws
    {
        let stubborn = Stubborn()
        let alba = try await stubborn.start()
        try await withGateway(alba: alba.url, state: path, adjust: { $0.drainSeconds = 0 }) {
            gateway in
            try fillDisk(true, in: path)
            try await gateway.send(DeviceFrames.pressures(1...5))
            #expect(try await eventually { alba.requests.count == 5 })
        }
        #expect(try letters(path).isEmpty)
        try fillDisk(false, in: path)
        stubborn.mend()
        try await withGateway(alba: alba.url, state: path) { gateway in
            try await gateway.reaches("routes.alba.delivered", 5)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
        }
        try await alba.stop()
    }
}
