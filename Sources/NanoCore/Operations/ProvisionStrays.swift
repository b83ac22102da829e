/// What may be a device that is being set up, though nothing in it says so: frames with its name that are of
/// another model, and bytes that are no frames.
///
/// A value without clocks, shown what ``ProvisionWatch`` is shown. What came before the watch began is none
/// of it.
struct ProvisionStrays: Sendable {
    private let model: ModelID
    private let device: String?
    private let sinceUnixMilliseconds: Int64

    /// Models whose devices of this name were there before.
    private var modelsBefore: Set<ModelID> = []
    /// Addresses, without their ports, that sent what is no frame before.
    private var hostsBefore: Set<Substring> = []

    /// Addresses that are remembered, at most: as many as a gateway keeps rejections.
    private static let mostHosts = 512
    /// Bytes that are shown of what is no frame.
    private static let bytesShown = 8

    /// Something that is to be told, and what makes it another thing than the last.
    struct Hint {
        let key: String
        let news: ProvisionWatch.News
    }

    init(model: ModelID, device: String?, sinceUnixMilliseconds: Int64) {
        (self.model, self.device) = (model, device)
        self.sinceUnixMilliseconds = sinceUnixMilliseconds
    }

    /// Takes in what a snapshot lists.
    ///
    /// - Parameter hosts: Addresses that have sent frames with its name since, of its own model.
    mutating func hints(in snapshot: Snapshot, hosts: Set<String>) -> [Hint] {
        noteBefore(snapshot)
        var hints = acceptedOfOtherModels(in: snapshot)
        // A device that is at home there may lose its connection inside a frame.
        let homes = Set(
            snapshot.devices.filter { $0.firstSeenUnixMilliseconds < sinceUnixMilliseconds }
                .map { Self.host(of: $0.address) })
        for record in snapshot.rejections
        where record.unixMilliseconds >= sinceUnixMilliseconds {
            guard let refusal = record.refusal else { continue }
            if refusal.reason.stage == .framing {
                guard !hostsBefore.contains(record.host),
                    refusal.reason != .truncated || !homes.contains(record.host)
                else { continue }
                hints.append(Self.noFrames(refusal, record))
            } else if let other = record.model, isOther(other, record, hosts) {
                let verdict = "refused: \(SafeText.escaped(refusal.words))"
                hints.append(
                    Hint(
                        key: "model \(other) \(refusal.reason.name)",
                        news: otherModel(other, verdict, record.address, in: snapshot)))
            }
        }
        return hints
    }

    private mutating func noteBefore(_ snapshot: Snapshot) {
        for row in snapshot.devices + (snapshot.formerDevices ?? [])
        where row.firstSeenUnixMilliseconds < sinceUnixMilliseconds && isNamed(row.id) {
            modelsBefore.insert(row.model)
        }
        for record in snapshot.rejections where record.unixMilliseconds < sinceUnixMilliseconds {
            guard record.refusal?.reason.stage == .framing, hostsBefore.count < Self.mostHosts
            else { continue }
            hostsBefore.insert(record.host)
        }
    }

    /// Ids are compared as bytes, never by Unicode equivalence.
    private func isNamed(_ id: String) -> Bool {
        device.map { $0.utf8.elementsEqual(id.utf8) } ?? false
    }

    private func acceptedOfOtherModels(in snapshot: Snapshot) -> [Hint] {
        snapshot.devices.filter { row in
            row.model != model && row.firstSeenUnixMilliseconds >= sinceUnixMilliseconds
                && isNamed(row.id)
        }.map { row in
            Hint(
                key: "model \(row.model)",
                news: otherModel(row.model, "accepted as one", row.address, in: snapshot))
        }
    }

    /// Whether a refused frame of another model has its name, or none and comes from where it is.
    private func isOther(_ other: ModelID, _ record: PacketRecord, _ hosts: Set<String>) -> Bool {
        guard other != model, !modelsBefore.contains(other) else { return false }
        return record.deviceID.map(isNamed)
            ?? (device != nil && hosts.contains(String(record.host)))
    }

    private func otherModel(
        _ other: ModelID, _ verdict: String, _ address: String, in snapshot: Snapshot
    ) -> ProvisionWatch.News {
        let name = device.map { SafeText.shortened($0, to: 64) } ?? ""
        return .otherModel(
            "\(name) at \(SafeText.escaped(String(Self.host(of: address)))) sends as a device of "
                + "\(snapshot.title(of: other)), \(verdict); its firmware has to say model \(model), "
                + "or it has to be provisioned as \(other)")
    }

    private static func noFrames(_ refusal: Refusal, _ record: PacketRecord) -> Hint {
        let host = SafeText.escaped(String(record.host))
        let shown = record.bytes.prefix(bytesShown)
        let more = record.bytes.count > shown.count ? "…" : ""
        let hex = shown.map { Hexadecimal.text([$0]) }.joined(separator: " ")
        let bytes = hex.isEmpty ? "" : " (\(hex)\(more))"
        let remedy =
            refusal.reason == .truncated
            ? "send each frame whole, with its payload's length in the header"
            : "docs/protocol.md says how a frame begins"
        return Hint(
            key: "\(record.host) \(refusal.reason.name) \(refusal.detail.name)",
            news: .noFrames(
                "bytes arrive from \(host) but are no frames: \(refusal.reason.name) at byte "
                    + "\(refusal.offset)\(bytes), \(refusal.words); if that is the device, \(remedy)"
            ))
    }

    private static func host(of address: String) -> Substring {
        PacketRecord(id: 0, unixMilliseconds: 0, address: address, bytes: []).host
    }
}
