import NanoCore

/// What there is of one device in a snapshot.
struct DeviceRecords {
    /// Oldest first.
    let accepted: [PacketRecord]
    /// Accepted and refused frames, oldest first. Of the refused ones some only bear its name.
    let all: [PacketRecord]

    init(of device: DeviceName, in snapshot: Snapshot) {
        accepted = snapshot.packets.filter { DeviceName($0) == device }
        let refused = snapshot.rejections.filter { DeviceName($0) == device }
        all = (accepted + refused).sorted { $0.isJudged(before: $1) }
    }
}

extension FilterSubject {
    /// A frame with its verdict.
    init(verdict record: PacketRecord) {
        self.init(record)
        verdict = record.refusal == nil ? "accepted" : "refused"
    }
}

extension Snapshot {
    /// What a model's telemetry has to hold.
    func profile(of model: ModelID) -> Profile {
        models.first { $0.id == model }?.profile ?? Profile.standard(for: model)
    }
}
