import NanoCore

/// What is measured of deliveries.
extension Metrics {
    static func routes(_ text: inout MetricsText, _ routes: [RouteSnapshot]) {
        func samples(_ value: (RouteSnapshot) -> UInt64) -> [MetricsText.Sample] {
            routes.map { .init(value($0), ["route": $0.name]) }
        }
        let counters: [(String, String, (RouteSnapshot) -> UInt64)] = [
            ("accepted", "Packets accepted for a route.", \.accepted),
            ("delivered", "Packets delivered.", \.delivered),
            ("dead_letters", "Packets that the destination has refused for good.", \.condemned),
            ("skipped", "Packets skipped by an operator.", \.skipped),
            ("retries", "Deliveries tried again.", \.retries),
        ]
        for (name, help, value) in counters {
            text.counter("nanogridata_route_\(name)_total", help, samples(value))
        }
        text.counter(
            "nanogridata_route_expired_total", "Packets given up unasked, by cause.",
            routes.flatMap { route in
                ExpiryCause.allCases.map {
                    .init(route.expiredBy[$0], ["route": route.name, "cause": $0.name])
                }
            })
        text.gauge("nanogridata_route_waiting", "Packets that wait.", samples(\.waiting))
        text.gauge(
            "nanogridata_route_dead_letters", "Dead letters that stand.", samples(\.deadLetters))
        text.gauge(
            "nanogridata_route_failing_devices",
            "Devices whose events fail while others are taken.",
            samples { UInt64($0.failingDevices ?? 0) })
        text.gauge(
            "nanogridata_route_held_back_packets",
            "Of those that wait, packets behind others of their device, or that came back.",
            samples { UInt64($0.heldBack ?? 0) })
        text.gauge("nanogridata_route_in_flight", "Packets on their way.", samples(\.inFlight))
        text.gauge(
            "nanogridata_route_concurrency_limit", "Requests that may be under way at once.",
            samples { UInt64($0.concurrencyLimit) })
        text.gauge(
            "nanogridata_route_paused", "Whether a route is paused: 1 or 0.",
            samples { $0.state == .paused ? 1 : 0 })
        text.gauge(
            "nanogridata_route_breaker_open",
            "Whether a destination is only tried now and then: 1 or 0.",
            samples { $0.breaker == .closed ? 0 : 1 })
        text.gauge(
            "nanogridata_route_oldest_seconds", "Age of the oldest undelivered packet.",
            routes.map { .init($0.oldestSeconds ?? 0, ["route": $0.name]) })
    }

    static func latency(_ text: inout MetricsText, _ snapshot: Snapshot) {
        let latency = snapshot.latency
        text.histogram(
            "nanogridata_decode_seconds", "Judging one packet.",
            [
                (latency.decode, [:])
            ])
        text.histogram(
            "nanogridata_route_seconds", "From the journal to the destination's answer.",
            [(latency.route, [:])])
        text.histogram(
            "nanogridata_end_to_end_seconds", "From the socket to the destination's answer.",
            [(latency.endToEnd, [:])])
        text.histogram(
            "nanogridata_route_answer_seconds", "One answered request, by route.",
            snapshot.routes.map { ($0.answer, ["route": $0.name]) })
    }
}
