import NanoCore

/// A gateway that is looked at once a second.
struct AlarmWatch {
    var board = AlarmBoard()
    var snapshot = Snapshot()
    /// What all looks have changed, in few words: `+replay storm`, `-replay storm`.
    private(set) var changes: [String] = []
    private var seconds: UInt64 = 0

    init() {
        snapshot.gateway.state = .running
        var model = ModelSnapshot(id: .esp32Pressure)
        model.name = "ESP32"
        snapshot.models = [model, ModelSnapshot(id: .stm32Gas), ModelSnapshot(id: .asicMulti)]
        var route = RouteSnapshot(name: "alba")
        route.state = .flowing
        snapshot.routes = [route]
        snapshot.journal.budgetBytes = 64 << 20
        look()
    }

    var titles: [String] { board.alarms.map(\.title) }
    var texts: [String] { board.alarms.map(\.text) }

    mutating func look() {
        snapshot.gateway.uptimeSeconds = Double(seconds)
        snapshot.gateway.unixMilliseconds = 1_790_000_000_000 + Int64(seconds) * 1_000
        let now = Moment(
            unixMilliseconds: snapshot.gateway.unixMilliseconds,
            monotonicNanoseconds: 7_000_000_000 + seconds * 1_000_000_000)
        changes += board.look(at: snapshot, now: now).map { change in
            switch change {
            case .began(let alarm): "+\(alarm.title)"
            case .ended(let alarm): "-\(alarm.title)"
            }
        }
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

extension Snapshot {
    /// Counts refusals, of a model that is there, or of none.
    mutating func refuse(_ count: UInt64, _ reason: RefusalReason, model: Int? = 0) {
        ledger.received += count
        ledger.refusedByReason[Int(reason.rawValue)] += count
        if let model { models[model].refusedByReason[Int(reason.rawValue)] += count }
    }

    /// Lists refusals of this second, one for each address.
    mutating func reject(_ reason: RefusalReason, from addresses: [String]) {
        rejections = addresses.enumerated().map { index, address in
            PacketRecord(
                id: UInt64(index), unixMilliseconds: gateway.unixMilliseconds + 500,
                address: address, bytes: [], refusal: Refusal(reason))
        }
    }
}
