extension ModelSnapshot {
    /// The model as people read it: `0x10 ESP32`; its id alone where it has no name.
    package var title: String { name.isEmpty ? "\(id)" : "\(id) \(SafeText.escaped(name))" }
}

extension Snapshot {
    /// A model as people read it, also one that is not listed.
    package func title(of model: ModelID) -> String {
        models.first { $0.id == model }?.title ?? "\(model)"
    }
}
