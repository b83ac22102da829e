import Logging
import NIOCore
import NIOSSL
import NanoCore

/// Makes routes out of what configuration says about destinations.
struct DeliverySinks {
    let bus: LocalBus
    let hooks: HookRuns
    let journal: Journal
    let office: DeadLetterOffice
    let logger: Logger
    let profiles: [ModelID: Profile]
    let models: [Settings.Intake.Model]

    /// - Throws: ``DestinationFault``, one line for the operator.
    func route(
        to destination: GatewayConfiguration.Destination, place: Int, on loop: any EventLoop
    ) throws -> Route {
        let configuration = RouteConfiguration(
            name: destination.name, endpoint: endpoint(of: destination),
            batchEvents: batchEvents(of: destination),
            lingerMilliseconds: destination.lingerMilliseconds,
            concurrency: destination.concurrency)
        if case .discard = destination.kind { journal.markTakesAtOnce(route: place) }
        let makeSink = try sink(for: destination, on: loop)
        return Route(
            configuration, place: place, journal: journal, office: office, logger: logger,
            on: loop, makeSink: makeSink)
    }

    private func sink(
        for destination: GatewayConfiguration.Destination, on loop: any EventLoop
    ) throws -> () -> sending any Sink {
        switch destination.kind {
        case .discard: return { DiscardSink() }
        case .local: return { [bus] in LocalSink(bus: bus) }
        case .http(let url):
            let (target, tls) = try server(at: url, of: destination)
            return {
                HTTPSink(
                    connections: HTTPConnections(to: target, on: loop, tls: tls),
                    access: destination.access,
                    timeoutMilliseconds: destination.timeoutMilliseconds,
                    takesBatches: destination.batchEvents > 1)
            }
        case .influxDB(let url):
            let (target, tls) = try server(at: url, of: destination)
            return { [profiles] in
                InfluxSink(
                    connections: HTTPConnections(to: target, on: loop, tls: tls),
                    access: destination.access,
                    timeoutMilliseconds: destination.timeoutMilliseconds, profiles: profiles)
            }
        case .program(let program):
            return { [hooks] in
                HookSink(
                    program, access: destination.access,
                    timeoutMilliseconds: destination.timeoutMilliseconds,
                    takesBatches: destination.batchEvents > 1, runs: hooks, on: loop)
            }
        case .postgreSQL(let address):
            let known = Dictionary(
                models.map { ($0.id, PostgresModel($0)) }, uniquingKeysWith: { $1 })
            return {
                PostgresSink(
                    connection: PostgresConnection(
                        to: address, for: .packets,
                        timeoutMilliseconds: destination.timeoutMilliseconds),
                    models: known, on: loop)
            }
        }
    }

    private func server(
        at url: String, of destination: GatewayConfiguration.Destination
    ) throws -> (HTTPTarget, NIOSSLContext?) {
        guard let target = HTTPTarget(url: url) else {
            throw DestinationFault(name: destination.name, reason: "is no HTTP address")
        }
        return (target, try target.isTLS ? tls(for: destination) : nil)
    }

    private func tls(for destination: GatewayConfiguration.Destination) throws -> NIOSSLContext {
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            if let path = destination.access.caFile {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw DestinationFault(name: destination.name, reason: "cannot use TLS: \(error)")
        }
    }

    /// What is delivered within the process goes in large batches, without waiting for more.
    private func batchEvents(of destination: GatewayConfiguration.Destination) -> Int {
        switch destination.kind {
        case .http, .influxDB, .postgreSQL, .program: destination.batchEvents
        case .discard, .local: 1_000
        }
    }

    private func endpoint(of destination: GatewayConfiguration.Destination) -> String {
        switch destination.kind {
        case .discard: "discard:"
        case .local: "local"
        case .http(let url): HTTPTarget(url: url)?.shown ?? ""
        // Its query was made of names alone.
        case .influxDB(let url): url
        case .postgreSQL(let address): address.shown
        case .program(let program): program.path
        }
    }
}

/// A destination that cannot be served as it is configured.
struct DestinationFault: Error, CustomStringConvertible {
    let name: String
    let reason: String

    var description: String { "the endpoint of \(name) \(reason)" }
}
