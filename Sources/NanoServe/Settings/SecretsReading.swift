import NanoCore

extension Settings.Secrets {
    mutating func read(_ reader: inout SettingsReader) {
        graceHours = reader.integer("secrets.grace_hours", in: 0...8_760) ?? graceHours
        for (variable, text) in reader.environment.sorted(by: { $0.key < $1.key })
        where !text.isEmpty {
            guard let name = Self.modelName(in: variable) else { continue }
            guard let model = Self.model(named: name) else {
                reader.report(
                    "environment \(SafeText.quotable(variable, to: 60)): no model has this name; "
                        + "use NANOGRIDATA_SECRET_0x<ID> with two hexadecimal digits")
                continue
            }
            add(model, variable, text, &reader)
        }
        provided.sort { $0.model < $1.model }
    }

    private mutating func add(
        _ model: ModelID, _ variable: String, _ text: String, _ reader: inout SettingsReader
    ) {
        do {
            let bytes = try SecretPolicy.decode(hexadecimal: text)
            let others = provided.map { (model: $0.model, secret: $0.secret.bytes) }
            try SecretPolicy.validate(secret: bytes, for: model, others: others)
            if let twin = provided.first(where: { $0.model == model }) {
                guard twin.secret.bytes != bytes else { return }
                reader.report(
                    "environment \(variable): \(twin.variable) has another secret for \(model); "
                        + "set one of the two")
                return
            }
            provided.append(.init(model: model, variable: variable, secret: Secret(bytes)))
        } catch {
            reader.report("environment \(variable): \(error)")
        }
    }

    /// What stands for the model in a variable's name; nil when the variable is no secret.
    private static func modelName(in variable: String) -> Substring? {
        if variable.hasPrefix("NANOGRIDATA_SECRET_") {
            return variable.dropFirst("NANOGRIDATA_SECRET_".count)
        }
        guard variable.hasPrefix("NANOGRIDATA_"), variable.hasSuffix("_SECRET") else { return nil }
        return variable.dropFirst("NANOGRIDATA_".count).dropLast("_SECRET".count)
    }

    private static func model(named name: Substring) -> ModelID? {
        if let model = ModelID.builtIn.first(where: { $0.family == String(name) }) { return model }
        return name.lowercased().hasPrefix("0x") ? ModelID(String(name)) : nil
    }
}
