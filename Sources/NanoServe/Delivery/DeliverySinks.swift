import AsyncHTTPClient
import Logging
import NanoCore

/// Makes routes out of what configuration says about destinations.
struct DeliverySinks {
    let bus: LocalBus
    let client: HTTPClient

    func route(
        to destination: GatewayConfiguration.Destination, place: Int, journal: Journal,
        logger: Logger
    ) -> Route {
        let configuration = RouteConfiguration(
            name: destination.name, endpoint: endpoint(of: destination),
            batchEvents: batchEvents(of: destination),
            lingerMilliseconds: destination.lingerMilliseconds,
            concurrency: destination.concurrency)
        if case .discard = destination.kind { journal.markTakesAtOnce(route: place) }
        return Route(
            configuration, place: place, journal: journal, sink: sink(for: destination),
            logger: logger)
    }

    private func sink(for destination: GatewayConfiguration.Destination) -> any Sink {
        switch destination.kind {
        case .http(let url):
            HTTPSink(
                client: client, url: url, timeoutMilliseconds: destination.timeoutMilliseconds,
                takesBatches: destination.batchEvents > 1)
        case .discard: DiscardSink()
        case .local: LocalSink(bus: bus)
        }
    }

    /// What is delivered within the process goes in large batches, without waiting for more.
    private func batchEvents(of destination: GatewayConfiguration.Destination) -> Int {
        guard case .http = destination.kind else { return 1_000 }
        return destination.batchEvents
    }

    /// Without user and password, which a URL may hold.
    private func endpoint(of destination: GatewayConfiguration.Destination) -> String {
        switch destination.kind {
        case .discard: return "discard:"
        case .local: return "local"
        case .http(let url):
            guard let scheme = url.firstRange(of: "://") else { return url }
            let rest = url[scheme.upperBound...]
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard let at = authority.lastIndex(of: "@") else { return url }
            return String(url[..<scheme.upperBound]) + String(rest[rest.index(after: at)...])
        }
    }
}
