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

    /// Ids are compared as bytes, never by Unicode equivalence.
    static func == (one: DeviceName, other: DeviceName) -> Bool {
        one.model == other.model && one.id.utf8.elementsEqual(other.id.utf8)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(model)
        hasher.combine(id)
    }
}
