import NanoCore
import Testing

@Suite struct AlarmBoardTests {
    /// A gateway that is looked at once a second.
    private struct Watch {
        var board = AlarmBoard()
        var snapshot = Snapshot()
        private var seconds: UInt64 = 0

        init() {
            snapshot.gateway.state = .running
            var model = ModelSnapshot(id: .esp32Pressure)
            model.name = "NANO-ESP32-PRESSURE"
            snapshot.models = [model, ModelSnapshot(id: .stm32Gas)]
            var route = RouteSnapshot(name: "alba")
            route.state = .flowing
            snapshot.routes = [route]
            look()
        }

        var titles: [String] { board.alarms.map(\.title) }

        mutating func look() {
            snapshot.gateway.uptimeSeconds = Double(seconds)
            board.look(
                at: snapshot,
                now: Moment(
                    unixMilliseconds: 1_790_000_000_000 + Int64(seconds) * 1_000,
                    monotonicNanoseconds: 7_000_000_000 + seconds * 1_000_000_000))
        }

        mutating func pass(seconds count: UInt64 = 1, _ edit: (inout Snapshot) -> Void = { _ in }) {
            for _ in 0..<count {
                seconds += 1
                edit(&snapshot)
                look()
            }
        }

        /// Lets time pass without anybody looking.
        mutating func skip(seconds count: UInt64) {
            seconds += count
        }
    }

    private func refuse(_ count: UInt64, _ reason: RefusalReason, model: Int = 0)
        -> (inout Snapshot) -> Void
    {
        { $0.models[model].refusedByReason[Int(reason.rawValue)] += count }
    }

    @Test func `a quiet gateway has no alarms`() {
        var watch = Watch()
        watch.pass(seconds: 60) { $0.models[0].accepted += 1_000 }
        #expect(watch.board.alarms.isEmpty)
    }

    @Test(arguments: [
        (RefusalReason.replay, "replay storm"), (.macMismatch, "MAC failures"),
        (.timestampDrift, "clocks drift"), (.timestampFuture, "clocks ahead"),
    ])
    func `five refusals of a kind a second are an alarm, four are not`(
        reason: RefusalReason, title: String
    ) throws {
        var watch = Watch()
        watch.pass(seconds: 10, refuse(4, reason))
        #expect(watch.board.alarms.isEmpty)
        watch.pass(refuse(5, reason))
        let alarm = try #require(watch.board.alarms.first)
        #expect(watch.titles == [title])
        #expect(alarm.severity == .warning && alarm.reason == reason)
        #expect(alarm.model == .esp32Pressure && alarm.route == nil)
        #expect(alarm.text.hasPrefix("0x10 NANO-ESP32-PRESSURE: 5 frames/s refused; "))
        #expect(alarm.unixMilliseconds == 1_790_000_011_000)
    }

    @Test func `what was refused before the first look is no alarm`() {
        var board = AlarmBoard()
        var snapshot = Snapshot()
        snapshot.models = [ModelSnapshot(id: .custom)]
        refuse(1_000_000, .replay)(&snapshot)
        board.look(at: snapshot, now: Moment(unixMilliseconds: 0, monotonicNanoseconds: 0))
        #expect(board.alarms.isEmpty)
    }

    @Test func `a rate is judged by the time that passed between two looks`() {
        var watch = Watch()
        watch.skip(seconds: 9)
        watch.pass(refuse(49, .replay))
        #expect(watch.board.alarms.isEmpty)
        watch.skip(seconds: 9)
        watch.pass(refuse(50, .replay))
        #expect(watch.titles == ["replay storm"])
    }

    @Test func `two looks at the same moment judge nothing`() {
        var watch = Watch()
        refuse(1_000, .replay)(&watch.snapshot)
        watch.look()
        #expect(watch.board.alarms.isEmpty)
    }

    @Test func `an alarm stays while its cause comes back, with its first time and newest words`()
        throws
    {
        var watch = Watch()
        watch.pass(refuse(5, .replay))
        let first = try #require(watch.board.alarms.first)
        for _ in 0..<3 {
            watch.pass(seconds: 29)
            #expect(watch.board.alarms.count == 1)
            watch.pass(refuse(90, .replay))
        }
        let last = try #require(watch.board.alarms.first)
        #expect(watch.board.alarms.count == 1)
        #expect(last.id == first.id && last.unixMilliseconds == first.unixMilliseconds)
        #expect(last.text.contains("90 frames/s"))
    }

    @Test func `an alarm falls when its cause has been away for half a minute, and can come again`()
        throws
    {
        var watch = Watch()
        watch.pass(refuse(5, .replay))
        let first = try #require(watch.board.alarms.first)
        watch.pass(seconds: 30)
        #expect(watch.board.alarms.count == 1)
        watch.pass()
        #expect(watch.board.alarms.isEmpty)
        watch.pass(refuse(5, .replay))
        let second = try #require(watch.board.alarms.first)
        #expect(second.id == first.id && second.unixMilliseconds > first.unixMilliseconds)
    }

    @Test func `models and reasons have alarms of their own, the newest first`() {
        var watch = Watch()
        watch.pass(refuse(9, .replay))
        watch.pass(refuse(9, .replay, model: 1))
        watch.pass(refuse(9, .macMismatch, model: 1))
        #expect(watch.board.alarms.map(\.model) == [.stm32Gas, .stm32Gas, .esp32Pressure])
        #expect(watch.titles == ["MAC failures", "replay storm", "replay storm"])
        #expect(Set(watch.board.alarms.map(\.id)).count == 3)
    }

    @Test func `a model that joins later is judged from its second look on`() {
        var watch = Watch()
        watch.pass {
            $0.models.append(ModelSnapshot(id: .custom))
            refuse(1_000, .replay, model: 2)(&$0)
        }
        #expect(watch.board.alarms.isEmpty)
        watch.pass(refuse(1_000, .replay, model: 2))
        #expect(watch.board.alarms.map(\.model) == [.custom])
    }

    @Test func `a route that fails for five seconds is an alarm, a stumble is not`() throws {
        var watch = Watch()
        for _ in 0..<4 {
            watch.pass(seconds: 5) { $0.routes[0].state = .retrying }
            #expect(watch.board.alarms.isEmpty)
            watch.pass { $0.routes[0].state = .flowing }
        }
        watch.pass(seconds: 6) {
            $0.routes[0].state = .retrying
            $0.routes[0].lastError = "503 Busy"
            $0.routes[0].waiting = 17
        }
        let alarm = try #require(watch.board.alarms.first)
        #expect(watch.titles == ["alba fails"])
        #expect(alarm.severity == .critical && alarm.route == "alba" && alarm.model == nil)
        #expect(alarm.text == "503 Busy; 17 packets wait; check the destination")
    }

    @Test func `a route that is paused while it fails is no alarm any more`() {
        var watch = Watch()
        watch.pass(seconds: 6) { $0.routes[0].state = .retrying }
        #expect(watch.titles == ["alba fails"])
        watch.pass(seconds: 31) { $0.routes[0].state = .paused }
        #expect(watch.board.alarms.isEmpty)
        watch.pass(seconds: 5) { $0.routes[0].state = .retrying }
        #expect(watch.board.alarms.isEmpty, "its five seconds begin anew")
    }

    @Test func `reading that stopped is an alarm at once, with its reason`() throws {
        var watch = Watch()
        watch.pass {
            $0.gateway.state = .blocked
            $0.gateway.stateReason = "the journal is full"
        }
        let alarm = try #require(watch.board.alarms.first)
        #expect(alarm.severity == .critical && alarm.text == "the journal is full")
        watch.pass(seconds: 31) { $0.gateway.state = .running }
        #expect(watch.board.alarms.isEmpty)
    }
}
