import NanoCore

extension Settings.Intake {
    /// - Parameter provided: Models that the environment has secrets for.
    mutating func read(_ reader: inout SettingsReader, provided: [ModelID]) {
        readModels(&reader, provided: provided)
        minimumLevel = reader.choice(
            "intake.minimum_level", "NANOGRIDATA_MINIMUM_LEVEL",
            of: SecurityLevel.allCases.map(\.name), SecurityLevel.init(name:))
        models = models.map { model($0.id) }
        limits.connection = reader.frameRate("limits.connection")
        limits.source = reader.frameRate("limits.source")
        limits.device = reader.frameRate("limits.device")
        replay.keyMode =
            reader.choice("replay.key", of: ["frame", "model-timestamp"]) {
                $0 == "frame" ? .frame : .modelTimestamp
            } ?? replay.keyMode
        replay.memoryBudgetBytes =
            reader.integer("replay.memory_bytes", in: 1 << 20...1 << 36)
            ?? replay.memoryBudgetBytes
        replay.deviceCapacity =
            reader.integer("replay.devices", in: 1...1_048_576) ?? replay.deviceCapacity
    }

    private mutating func readModels(_ reader: inout SettingsReader, provided: [ModelID]) {
        var places: [ModelID: String] = [:]
        for text in reader.names(below: "models") {
            let key = "models." + text
            guard let id = ModelID(text) else {
                reader.refuseName(
                    key, "is not a model's id", allowed: "0x00…0xff, one or two hexadecimal digits")
                continue
            }
            if let first = places[id] {
                let line = reader.file?.entries[first]?.line ?? 1
                reader.refuseName(
                    key, "is the same model as \(first) in line \(line)",
                    allowed: "one section a model")
                continue
            }
            places[id] = key
        }
        let known = Set(ModelID.builtIn).union(provided).union(places.keys)
        models = known.sorted().map { id in
            var model = Model(id: id)
            model.read(&reader, at: places[id] ?? "models.\(id)")
            return model
        }
    }
}

extension Settings.Intake.Model {
    private static let longestAge = TimeSpan(seconds: 3_650 * 86_400)

    fileprivate mutating func read(_ reader: inout SettingsReader, at key: String) {
        name = reader.text(key + ".name", limit: 32) ?? name
        minimumLevel =
            reader.choice(
                key + ".minimum_level", of: SecurityLevel.allCases.map(\.name),
                SecurityLevel.init(name:)) ?? minimumLevel
        profile =
            reader.choice(
                key + ".profile", of: Profile.allCases.map(\.name), Profile.init(name:))
            ?? profile
        keying =
            reader.choice(
                key + ".keying", of: Keying.allCases.map(\.rawValue), Keying.init(rawValue:))
            ?? keying
        encryption =
            reader.choice(
                key + ".encryption", of: PayloadEncryption.allCases.map(\.rawValue),
                PayloadEncryption.init(rawValue:)) ?? encryption
        rotateAfterSeconds =
            reader.span(key + ".rotate_after", in: TimeSpan(seconds: 3_600)...Self.longestAge)?
            .seconds
        if encryption != .none, keying != .device {
            let place = reader.file?.place(of: key + ".encryption") ?? "configuration"
            reader.report(
                "\(place): \(key).encryption needs keying: device beside it; one key for all "
                    + "devices would wear out")
        }
    }
}

extension SettingsReader {
    fileprivate mutating func frameRate(_ section: String) -> Rate? {
        rate(section, "frames_per_second", burst: "burst_frames")
    }

    /// A rate from two keys of a section; its burst is what comes in one second unless the second
    /// key says otherwise.
    mutating func rate(_ section: String, _ perSecond: String, burst: String) -> Rate? {
        let rate = number("\(section).\(perSecond)", in: 0.001...1_000_000)
        let atOnce = number("\(section).\(burst)", in: 1...10_000_000)
        guard let rate else {
            let key = "\(section).\(burst)"
            if atOnce != nil, let file, file.entries["\(section).\(perSecond)"] == nil {
                report("\(file.place(of: key)): \(key) needs \(perSecond) beside it")
            }
            return nil
        }
        return Rate(framesPerSecond: rate, burstFrames: atOnce ?? max(1, rate))
    }

    /// Notes that the name of a section is not usable.
    mutating func refuseName(_ key: String, _ what: String, allowed: String) {
        markWhole(key)
        let place = file?.place(of: key) ?? "configuration"
        report("\(place): \(SafeText.quotable(key, to: 80)) \(what); use \(allowed)")
    }
}
