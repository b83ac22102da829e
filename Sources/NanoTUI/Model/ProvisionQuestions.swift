import NanoCore

/// A model and a device of it, as typed: `0x10 ESP32-001`.
struct NewDevice {
    /// Nil when what is typed begins with none.
    let model: ModelID?
    /// Nil for any device of the model.
    let device: String?

    init(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1)
        model = words.first.flatMap { ModelID(String($0)) }
        device = words.count > 1 ? String(words[1]) : nil
    }

    /// What is wrong with it, in a sentence; nil when nothing is.
    var fault: String? {
        guard model != nil else {
            return "a model, and the device_id where devices have keys of their own: 0x10 ESP32-001"
        }
        return device.flatMap(DeviceName.fault(ofNew:))
    }

    /// For people: `ESP32-001`, `any device`.
    var name: String { device.map { SafeText.shortened($0, to: 40) } ?? "any device" }
}

// A new device: what its firmware needs, and then what comes from it.
extension ConsoleModel {
    mutating func askForDevice() {
        let model = chosenSecret.map { "\($0.model) " } ?? ""
        overlay = .prompt(
            Prompt(question: "New device, model and device_id: ", text: model, purpose: .newDevice))
    }

    mutating func askToProvision(_ new: NewDevice) {
        if let fault = fault(ofNew: new) { return say(fault, isFault: true) }
        guard let model = new.model else { return }
        let hasSecret = live.secrets.contains { $0.model == model }
        let isShared = live.models.first { $0.id == model }?.keying == .model
        overlay = .confirmation(
            Confirmation(
                title: "Provision \(new.name) of \(title(of: model))?",
                text: (hasSecret ? [] : ["The model has no secret: one is made."]) + [
                    "What its firmware has to hold is written to a file that only \(fileReader) can "
                        + "read; it is not shown. "
                        + (isShared ? "It is the secret of all devices of the model. " : "")
                        + "Then its first packet is waited for, and what is wrong with what comes "
                        + "stands below the secrets."
                ], verb: "Provision",
                effect: .perform(.provision(model, device: new.device))))
    }

    /// What is wrong with a new device, in a sentence; nil when nothing is.
    func fault(ofNew new: NewDevice) -> String? {
        if let fault = new.fault { return fault }
        let row = live.models.first { $0.id == new.model }
        guard let row, row.keying == .device, new.device == nil else { return nil }
        return
            "devices of \(title(of: row.id)) have keys of their own: its device_id has to stand here"
    }

    /// Begins to wait for a device that is asked to be provisioned, as soon as that is done.
    mutating func prepareWatch(for effect: Effect) {
        guard case .perform(.provision(let model, let device)) = effect else { return }
        expectedWatch = ProvisionWatch(
            model: model, device: device,
            sinceUnixMilliseconds: live.gateway.unixMilliseconds)
    }

    /// What is known of the device that is waited for, in a sentence; nil when none is.
    var watchLine: (text: String, style: Style)? {
        guard let watch else { return nil }
        let name =
            (watch.device.map { SafeText.shortened($0, to: 40) } ?? "any device") + " of "
            + title(of: watch.model)
        return switch watch.news {
        case nil: ("… waits for the first packet of \(name); Esc ends that", .accent)
        case .refused(let fault): ("✗ \(name): \(fault)", .bad)
        case .misnamed(let hint), .otherModel(let hint), .noFrames(let hint):
            ("▲ \(name): \(hint)", .warning)
        case .nameless(let fault):
            ("▲ \(name): nothing yet that is certainly its; refused \(fault)", .warning)
        case .accepted(let words): ("✓ \(name): \(words)", .good)
        }
    }
}
