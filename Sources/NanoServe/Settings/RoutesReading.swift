import NanoCore

extension Settings.Routes {
    mutating func read(_ reader: inout SettingsReader) {
        let standard = destinations.map(\.name)
        for index in destinations.indices { destinations[index].read(&reader) }
        // Rules may name them: what is wrong with them has been said.
        var refused: Set<String> = []
        for name in furtherNames(&reader) where !standard.contains(name) {
            guard Self.isName(name) else {
                refused.insert(name)
                reader.refuseName(
                    "routes." + name, "is not a destination's name",
                    allowed: "1…32 lower-case letters, digits, _ and -, a letter first")
                continue
            }
            if !addDestination(name, &reader) { refused.insert(name) }
        }
        if destinations.count > RoutingRules.maximumDestinations {
            reader.report(
                "routes: \(destinations.count) destinations are too many; use at most "
                    + "\(RoutingRules.maximumDestinations)")
        }
        let items = reader.items(of: "rules")
        if !items.isEmpty { rules = items.flatMap { readRules(&reader, at: $0, refused: refused) } }
        if items.isEmpty {
            addInfluxRules()
            addPostgresRules()
        }
    }

    /// Destinations of the file, and those that the environment alone may make.
    private func furtherNames(_ reader: inout SettingsReader) -> [String] {
        let names = reader.names(below: "routes")
        let known = [
            (Settings.Influx.routeName, Settings.Influx.variable),
            (Settings.Postgres.routeName, Settings.Postgres.variable),
        ]
        return names
            + known.filter { name, variable in
                reader.environment[variable]?.isEmpty == false && !names.contains(name)
            }.map(\.0)
    }

    /// Where the file has no rules, every packet also goes to every PostgreSQL.
    private mutating func addPostgresRules() {
        let names = destinations.filter { $0.takesRows }.map(\.name)
        guard !names.isEmpty else { return }
        for type in PayloadType.allCases {
            rules.append(RoutingRules.Rule(type: type, destinations: names))
        }
    }

    /// Where the file has no rules, measurements and events also go to every InfluxDB.
    private mutating func addInfluxRules() {
        let names = destinations.filter { $0.takesLineProtocol }.map(\.name)
        guard !names.isEmpty else { return }
        for type in [PayloadType.telemetry, .event] {
            rules.append(RoutingRules.Rule(type: type, destinations: names))
        }
    }

    /// - Returns: Whether it is one.
    private mutating func addDestination(_ name: String, _ reader: inout SettingsReader) -> Bool {
        let before = reader.problems.count
        let format = reader.format(name)
        guard reader.problems.count == before else {
            // Which keys it may have depends on its format.
            reader.markWhole("routes." + name)
            return false
        }
        let found =
            switch format {
            case .json: reader.endpoint("routes.\(name).endpoint")
            case .influxdb: reader.influxEndpoint(name)
            case .postgresql: reader.postgresEndpoint(name)
            }
        guard let endpoint = found else {
            if reader.problems.count == before {
                let place = reader.file?.place(of: "routes." + name) ?? "configuration"
                let near = Suggestion.nearest(to: name, among: destinations.map(\.name))
                reader.report(
                    "\(place): routes.\(name) has no endpoint; give it one"
                        + (near.map { ", or did you mean \($0)?" } ?? ""))
            }
            reader.markWhole("routes." + name)
            return false
        }
        var destination = Settings.Destination(name: name, endpoint: endpoint)
        switch format {
        case .json: break
        case .influxdb: destination.useLineProtocol()
        case .postgresql: destination.useRows()
        }
        destination.read(&reader)
        destinations.append(destination)
        return true
    }

    /// One rule for each of its payload types.
    ///
    /// - Parameter refused: Destinations whose own settings are wrong.
    private func readRules(
        _ reader: inout SettingsReader, at key: String, refused: Set<String>
    ) -> [RoutingRules.Rule] {
        let place = reader.file?.place(of: key) ?? "configuration"
        guard reader.file?.isSection(key) == true else {
            reader.report("\(place): \(key) is a rule; give it types and destinations")
            reader.markWhole(key)
            return []
        }
        let types = reader.list(key + ".types").compactMap { finding -> PayloadType? in
            let names = PayloadType.allCases.map(\.name)
            guard let type = PayloadType(name: finding.text.lowercased()) else {
                let near = Suggestion.nearest(to: finding.text, among: names)
                reader.refuse(
                    finding, "is not a payload type",
                    allowed: names.joined(separator: ", ")
                        + (near.map { " (did you mean \($0)?)" } ?? ""))
                return nil
            }
            return type
        }
        let models = reader.list(key + ".models").compactMap { finding -> ModelID? in
            guard let model = ModelID(finding.text) else {
                reader.refuse(finding, "is not a model's id", allowed: "0x00…0xff")
                return nil
            }
            return model
        }
        let names = destinations.map(\.name)
        let targets = reader.list(key + ".destinations").compactMap { finding -> String? in
            guard names.contains(finding.text) else {
                guard !refused.contains(finding.text) else { return nil }
                let near = Suggestion.nearest(to: finding.text, among: names)
                reader.refuse(
                    finding, "is not a destination",
                    allowed: names.joined(separator: ", ")
                        + (near.map { " (did you mean \($0)?)" } ?? ""))
                return nil
            }
            return finding.text
        }
        for name in ["types", "destinations"] {
            switch reader.file?.entries["\(key).\(name)"]?.shape {
            case nil, .empty, .list(count: 0): break
            default: continue
            }
            reader.report("\(place): \(key) has no \(name); list at least one")
        }
        let chosen = models.isEmpty ? nil : Set(models)
        return types.map {
            RoutingRules.Rule(type: $0, models: chosen, destinations: targets)
        }
    }

    private static func isName(_ text: String) -> Bool {
        let characters = text.utf8
        guard (1...32).contains(characters.count), let first = characters.first,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        else { return false }
        return characters.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}

extension Settings.Destination {
    fileprivate mutating func read(_ reader: inout SettingsReader) {
        let key = "routes.\(name)."
        let prefix = ["alba": "ALBA", "cycle": "CYCLE"][name]
        if !takesLineProtocol && !takesRows {
            endpoint =
                reader.endpoint(key + "endpoint", prefix.map { $0 + "_ENDPOINT" }) ?? endpoint
        }
        if let program { readProgram(program, &reader) }
        batchEvents =
            reader.integer(
                key + "batch_events", prefix.map { $0 + "_BATCH_EVENTS" }, in: 1...1_000)
            ?? batchEvents
        lingerMilliseconds =
            reader.number(key + "linger_ms", in: 0...60_000) ?? lingerMilliseconds
        if !takesRows {
            concurrency = reader.integer(key + "concurrency", in: 1...1_024) ?? concurrency
        }
        timeoutMilliseconds =
            reader.integer(key + "timeout_ms", in: 10...600_000) ?? timeoutMilliseconds
        startsPaused = reader.flag(key + "paused") ?? startsPaused
        if takesRows { copiesAudit = reader.flag(key + "audit") ?? copiesAudit }
        if takesRows || program != nil { return }
        access = HTTPAccess(
            &reader, below: "routes.\(name)", isTLS: endpoint.server?.isTLS ?? true)
        if takesLineProtocol { reader.addInfluxCredentials(name, to: &access) }
        let standard = name == Settings.Influx.routeName && takesLineProtocol
        chargeWhereSent(
            &reader, standard ? Settings.Influx.variable : prefix.map { $0 + "_ENDPOINT" })
    }

    /// Wherever a secret comes from, the file must not let others decide where it goes.
    private func chargeWhereSent(_ reader: inout SettingsReader, _ variable: String?) {
        let hasQuery = !takesLineProtocol && endpoint.server?.target.contains("?") == true
        guard hasQuery || !access.headers.isEmpty else { return }
        let keys: [(String, String?)] = [("endpoint", variable), ("ca_file", nil)]
        for (key, variable) in keys {
            guard let place = reader.find("routes.\(name).\(key)", variable)?.place else {
                continue
            }
            reader.charge(place, "says where a secret is sent")
        }
    }

    private mutating func readProgram(_ program: HookProgram, _ reader: inout SettingsReader) {
        var program = program
        reader.addSurroundings(to: &program, below: "routes.\(name)")
        endpoint = .program(program)
        // Each run is a process.
        concurrency = 4
        for variable in program.environment
        where !HookProgram.inheritedVariables.contains(variable.name) {
            access.hide(String(decoding: variable.value.bytes, as: UTF8.self))
        }
    }
}
