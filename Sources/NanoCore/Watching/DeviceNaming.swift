extension DeviceName {
    /// As those who watch devices know it.
    package init(_ device: DeviceSnapshot) {
        self.init(device.model, device.id)
    }

    /// Who sent a packet, by the address where there is no id; nil where the model is not known.
    package init?(_ record: PacketRecord) {
        guard let model = record.model else { return nil }
        let id = record.deviceID.flatMap { $0.isEmpty ? nil : $0 } ?? String(record.host)
        self.init(model, id)
    }
}
