import NanoCore

/// What is known of a device besides what it has sent, the most important first.
enum DeviceFacts {
    /// One fact; what it says has to be escaped before it is shown.
    struct Fact {
        var name: String
        var text: String
        var style = Style.text
    }

    /// - Parameter newest: Its newest accepted packet, as far as there is one.
    static func facts(
        of device: DeviceSnapshot, newest: PacketRecord?, in model: ConsoleModel
    ) -> [Fact] {
        let snapshot = model.shown
        let now = snapshot.gateway.unixMilliseconds
        if let row = model.unheardRow { return facts(of: row, in: snapshot, now: now) }
        let state = DeviceState(of: device, now: now)
        let (glyph, style) = DevicesView.mark(of: state)
        let heard = ago(device.lastSeenUnixMilliseconds, now)
        return [
            Fact(name: "state", text: "\(glyph) \(state.rawValue), heard \(heard)", style: style)
        ]
            + blocks(of: device, in: snapshot) + unusual(device, in: snapshot) + [
                Fact(name: "first seen", text: time(device.firstSeenUnixMilliseconds, now)),
                Fact(name: "address", text: device.address),
                Fact(name: "first from", text: device.firstAddress ?? "–"),
                clock(of: device), secret(of: device, in: snapshot, now: now),
                modelFact(device.model, snapshot), level(device.model, newest, snapshot),
                keys(device.model, newest, snapshot), registry(device, snapshot.registry),
            ] + bytes(of: device)
    }

    /// Of a device that is not heard: none of its frames tells what it measures, or its clock.
    private static func facts(
        of row: RegistryRow, in snapshot: Snapshot, now: Int64
    ) -> [Fact] {
        let isSeen = row.lastSeenUnixMilliseconds > 0
        let style: Style = row.standing == nil ? .warning : .blocked
        let glyph = row.standing == nil ? "▲" : "⊘"
        let then =
            switch row.standing {
            case nil: "refused until a approves it"
            case .rejected: "refused; a approves it"
            case .blocked: "refused; b unblocks it"
            case .known: "its next frame is accepted"
            }
        var device = DeviceSnapshot(model: row.name.model, id: row.name.id)
        device.generation = row.generation
        return [
            Fact(name: "state", text: "\(glyph) \(row.stateName): \(then)", style: style),
            Fact(name: "first seen", text: isSeen ? time(row.firstSeenUnixMilliseconds, now) : "–"),
            Fact(name: "last seen", text: isSeen ? time(row.lastSeenUnixMilliseconds, now) : "–"),
            Fact(name: "address", text: isSeen ? row.address : "–"),
            secret(of: device, in: snapshot, now: now), modelFact(row.name.model, snapshot),
            level(row.name.model, nil, snapshot), keys(row.name.model, nil, snapshot),
        ]
    }

    private static func ago(_ unixMilliseconds: Int64, _ now: Int64) -> String {
        Numbers.duration(Double(max(0, now - unixMilliseconds)) / 1_000) + " ago"
    }

    private static func time(_ unixMilliseconds: Int64, _ now: Int64) -> String {
        let isToday = now - unixMilliseconds < 86_400_000
        let clock = Numbers.clock(unixMilliseconds: unixMilliseconds) + "Z"
        return ago(unixMilliseconds, now) + (isToday ? ", \(clock)" : "")
    }

    /// The block of an operator that keeps it out where it sent from last, as far as it is listed.
    private static func blocks(of device: DeviceSnapshot, in snapshot: Snapshot) -> [Fact] {
        guard device.isAddressBlocked == true else { return [] }
        let host = AddressSource.host(of: device.address)
        let block = snapshot.offenders.rows.first { row in
            row.isByOperator && (try? IPNetwork(row.source))?.contains(host: host) == true
        }
        guard let block, let end = block.untilUnixMilliseconds else {
            return [
                Fact(name: "kept out", text: "its address is blocked; see o in 4", style: .blocked)
            ]
        }
        let left = Double(max(0, end - snapshot.gateway.unixMilliseconds)) / 1_000
        let text =
            "for \(Numbers.duration(left)) by the block of \(block.source); u in 4 o lifts it"
        return [Fact(name: "kept out", text: text, style: .blocked)]
    }

    private static func unusual(_ device: DeviceSnapshot, in snapshot: Snapshot) -> [Fact] {
        snapshot.anomalies.flatMap { anomaly in
            anomaly.examples.filter { DeviceName($0.model, $0.device) == DeviceName(device) }
                .map { example in
                    let kind = anomaly.kind.name.replacing("_", with: " ")
                    return Fact(
                        name: "unusual", text: "\(kind): \(example.evidence)", style: .warning)
                }
        }
    }

    private static func clock(of device: DeviceSnapshot) -> Fact {
        let offset = device.clockOffsetSeconds
        let size = abs(offset)
        let span = size < 120 ? "\(Numbers.rate(size)) s" : Numbers.duration(size)
        let text = offset == 0 ? "right" : span + (offset > 0 ? " ahead" : " behind")
        return Fact(
            name: "clock", text: text, style: DevicesView.isFar(offset) ? .warning : .text)
    }

    private static func secret(
        of device: DeviceSnapshot, in snapshot: Snapshot, now: Int64
    ) -> Fact {
        let number = device.generation
        let secret = snapshot.secrets.first {
            $0.model == device.model && $0.generation == number
        }
        guard number > 0 else { return Fact(name: "secret", text: "–") }
        guard let secret else {
            return Fact(
                name: "secret", text: "generation \(number), accepted no more", style: .warning)
        }
        let left = secret.validUntilUnixMilliseconds.map {
            "; accepted for \(Numbers.duration(Double(max(0, $0 - now)) / 1_000)) more"
        }
        return secret.state == .previous
            ? Fact(
                name: "secret", text: "generation \(number), former\(left ?? "")", style: .warning)
            : Fact(name: "secret", text: "generation \(number), \(secret.state.rawValue)")
    }

    private static func modelFact(_ id: ModelID, _ snapshot: Snapshot) -> Fact {
        Fact(name: "model", text: snapshot.title(of: id))
    }

    private static func level(
        _ id: ModelID, _ newest: PacketRecord?, _ snapshot: Snapshot
    ) -> Fact {
        let header = newest.flatMap { FrameBounds(readingAt: 0, in: $0.bytes.span)?.header }
        let least = snapshot.models.first { $0.id == id }.map { "at least \($0.minimumLevel.name)" }
        let parts = [header?.level.name, least].compactMap(\.self)
        return Fact(name: "level", text: parts.isEmpty ? "–" : parts.joined(separator: ", "))
    }

    private static func keys(
        _ id: ModelID, _ newest: PacketRecord?, _ snapshot: Snapshot
    ) -> Fact {
        let model = snapshot.models.first { $0.id == id }
        let signed =
            switch model?.keying {
            case .model: "the model's secret"
            case .device: "a key of its own"
            case nil: "–"
            }
        let isOpened = newest.map { !$0.plain.isEmpty } ?? false
        return Fact(name: "signs with", text: signed + (isOpened ? ", encrypted" : ""))
    }

    private static func registry(_ device: DeviceSnapshot, _ registry: RegistrySnapshot) -> Fact {
        switch device.standing {
        case .known: Fact(name: "registry", text: "known")
        case .rejected: Fact(name: "registry", text: "rejected", style: .bad)
        case .blocked: Fact(name: "registry", text: "blocked", style: .bad)
        case nil where registry.isClosed:
            Fact(name: "registry", text: "not known; a approves it", style: .warning)
        case nil: Fact(name: "registry", text: "open to all")
        }
    }

    private static func bytes(of device: DeviceSnapshot) -> [Fact] {
        guard let bytes = device.bytes, device.accepted > 0 else { return [] }
        let each = Numbers.bytes(bytes / device.accepted)
        return [Fact(name: "bytes", text: "\(Numbers.bytes(bytes)), \(each) a packet")]
    }
}
