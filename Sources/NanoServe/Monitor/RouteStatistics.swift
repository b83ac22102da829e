package import NanoCore

/// What `/stats` says of destinations.
extension Statistics {
    static func routes(_ body: inout JSONBody, _ routes: [RouteSnapshot]) {
        for route in routes { body.set(route.name) { Self.route(&$0, route) } }
    }

    /// One route as `/stats` has it, with its name.
    package static func json(_ route: RouteSnapshot) -> [UInt8] {
        JSONBody.object { body in
            body.set("name", route.name)
            Self.route(&body, route)
        }
    }

    private static func route(_ body: inout JSONBody, _ route: RouteSnapshot) {
        body.set("state", route.state.rawValue)
        body.set("endpoint", route.endpoint)
        body.set("accepted", route.accepted)
        body.set("delivered", route.delivered)
        body.set("waiting", route.waiting)
        body.set("in_flight", route.inFlight)
        body.set("dead_letters", route.deadLetters)
        body.set("expired", route.expired)
        body.set("expired_by") { expired(&$0, route.expiredBy) }
        body.set("skipped", route.skipped)
        body.set("retries", route.retries)
        body.set("condemned", route.condemned)
        body.set("concurrency_limit", route.concurrencyLimit)
        body.set("concurrency_ceiling", route.concurrencyCeiling)
        body.set("concurrency_used", route.concurrencyUsed ?? 0)
        body.set("failing_devices", route.failingDevices ?? 0)
        body.set("failing", list: route.failing ?? []) { name, body in
            body.set("model", name.model.description)
            body.set("device", SafeText.escaped(name.id))
        }
        body.set("held_back", route.heldBack ?? 0)
        body.set("breaker", route.breaker.rawValue)
        body.set("probe_in_s", route.probeInSeconds)
        body.set("incoming_per_s", route.flow?.incoming)
        body.set("outgoing_per_s", route.flow?.outgoing)
        body.set("empty_in_s", route.emptyInSeconds)
        body.set("waiting_bytes_estimate", route.waitingBytes)
        body.set("devices", route.devices)
        body.set("balances", route.balances)
        body.set("oldest_s", route.oldestSeconds)
        body.set("last_error", route.lastError)
        if route.lastErrorUnixMilliseconds > 0 {
            body.set("last_error_at", Timestamp.iso8601(route.lastErrorUnixMilliseconds))
        }
        body.set("newest_dead_letters", list: route.newestDeadLetters, deadLetter)
        body.set("answer") { quantiles(&$0, route.answer) }
    }

    static func unconfigured(_ body: inout JSONBody, _ routes: [UnconfiguredRoute]) {
        for route in routes {
            body.set(SafeText.escaped(route.name)) { body in
                body.set("waiting", route.waiting)
                body.set("expired", route.expiredBy.total)
                body.set("expired_by") { expired(&$0, route.expiredBy) }
            }
        }
    }

    /// All causes, so that whoever reads them need not ask which there are.
    private static func expired(_ body: inout JSONBody, _ expired: ExpiredPackets) {
        for cause in ExpiryCause.allCases { body.set(cause.name, expired[cause]) }
    }

    private static func deadLetter(_ letter: DeadLetterSnapshot, _ body: inout JSONBody) {
        body.set("id", letter.id)
        body.set("model", letter.model.description)
        body.set("time", Timestamp.iso8601(letter.unixMilliseconds))
        body.set("error", letter.error)
        body.set("reason", letter.reason)
    }
}
