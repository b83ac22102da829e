/// A device as those who watch it know it.
struct DeviceName: Hashable, Sendable {
    let model: ModelID
    /// As sent; hostile text, to be escaped before it is shown.
    let id: String

    init(model: ModelID, id: String) {
        self.model = model
        self.id = id
    }

    init(_ device: DeviceSnapshot) {
        self.init(model: device.model, id: device.id)
    }

    /// Who sent a packet, by the address where there is no id; nil where the model is not known.
    init?(_ record: PacketRecord) {
        guard let model = record.model else { return nil }
        let id = record.deviceID.flatMap { $0.isEmpty ? nil : $0 } ?? String(record.host)
        self.init(model: model, id: id)
    }

    /// Ids are compared as bytes, never by Unicode equivalence.
    static func == (one: DeviceName, other: DeviceName) -> Bool {
        one.model == other.model && one.id.utf8.elementsEqual(other.id.utf8)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(model)
        hasher.combine(id)
    }
}
