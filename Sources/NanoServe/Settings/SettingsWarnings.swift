import NanoCore

/// What is allowed but probably not meant.
enum SettingsWarnings {
    /// Variables that are read where the executable starts.
    private static let others: Set<String> = ["NANOGRIDATA_CONFIG", FileTrust.variable]

    static func lines(_ reader: SettingsReader) -> [String] {
        unknownVariables(reader) + emptySecrets(reader)
    }

    static func lines(_ routes: Settings.Routes) -> [String] {
        idleDatabases(routes) + idlePrograms(routes) + openCredentials(routes)
    }

    /// Pages that others on the network can read, or ask for with a token that they have read.
    static func lines(_ monitor: Settings.Monitor) -> [String] {
        guard !monitor.isLocal else { return [] }
        var lines: [String] = []
        if monitor.token == nil {
            lines.append(
                "monitor.host: whoever reaches port \(monitor.port) can read what the gateway does; "
                    + "set monitor.token_file")
        }
        if monitor.tls == nil {
            lines.append(
                "monitor.host: what goes over port \(monitor.port)"
                    + (monitor.token == nil ? "" : ", the token too,")
                    + " can be read on its way; set monitor.tls.certificate and monitor.tls.key")
        }
        return lines
    }

    /// Certificates that nobody has to show, and simulated devices that would be turned away.
    static func lines(fleet: Int, _ tls: Settings.DeviceTLS?) -> [String] {
        guard let tls else { return [] }
        if tls.takesPlain, tls.policy.clientCertificates == .required {
            return [
                "devices.tls.plain: who connects without TLS shows no certificate; set it to refuse "
                    + "when all devices have theirs"
            ]
        }
        guard fleet > 0, !tls.takesPlain else { return [] }
        return [
            "fleet: the simulated devices beside the gateway do not speak TLS, and devices.tls.plain "
                + "refuses them; run nanogridata simulate --tls instead"
        ]
    }

    /// Offenders that are never found: what is over a limit is judged no further, so it counts for nobody.
    static func lines(_ limits: RateLimits.Configuration, _ rules: OffenderRules) -> [String] {
        guard let source = limits.source, rules.action != .watch else { return [] }
        let perMinute = source.framesPerSecond * 60 + Double(source.burstFrames)
        let (name, count) =
            rules.action == .block
            ? ("block_after", rules.blockAfter) : ("slow_after", rules.slowAfter)
        guard perMinute < Double(count) else { return [] }
        return [
            "limits.source: no more than \(Int(perMinute)) refused frames of an address are judged in a "
                + "minute, and devices.offenders.\(name) is \(count), so floods are never "
                + (rules.action == .block ? "blocked" : "slowed")
                + "; set it lower, or the limit higher"
        ]
    }

    /// Credentials that others on the way can read.
    private static func openCredentials(_ routes: Settings.Routes) -> [String] {
        routes.destinations.filter { destination in
            guard let server = destination.endpoint.server, !server.isTLS else { return false }
            return destination.access.hasAuthorization && !Settings.isLoopback(server.host)
        }.map { "routes.\($0.name): credentials go over http, which others can read; use https" }
    }

    /// A database that nothing is written to.
    private static func idleDatabases(_ routes: Settings.Routes) -> [String] {
        let named = Set(routes.rules.flatMap(\.destinations))
        return routes.destinations.filter {
            ($0.takesLineProtocol || $0.takesRows) && !named.contains($0.name)
        }.map {
            "routes.\($0.name): no rule names it, so nothing is written there"
        }
    }

    /// A program that is never run.
    private static func idlePrograms(_ routes: Settings.Routes) -> [String] {
        let named = Set(routes.rules.flatMap(\.destinations))
        return routes.destinations.filter { $0.program != nil && !named.contains($0.name) }
            .map { "routes.\($0.name): no rule names it, so its program is never run" }
    }

    private static func unknownVariables(_ reader: SettingsReader) -> [String] {
        let known = reader.askedVariables.union(others)
        return reader.environment.keys.sorted().compactMap { variable in
            guard variable.hasPrefix("NANOGRIDATA_"), !variable.contains("SECRET"),
                !known.contains(variable)
            else { return nil }
            let near = Suggestion.nearest(to: variable, among: known)
            return "environment \(SafeText.quotable(variable, to: 60)): not a known variable"
                + (near.map { "; did you mean \($0)?" } ?? "; it has no effect")
        }
    }

    private static func emptySecrets(_ reader: SettingsReader) -> [String] {
        reader.environment.keys.sorted().filter {
            $0.hasPrefix("NANOGRIDATA_") && $0.contains("SECRET")
                && reader.environment[$0]?.isEmpty == true
        }.map { "environment \($0): it is empty, so the model has no secret from it" }
    }
}
