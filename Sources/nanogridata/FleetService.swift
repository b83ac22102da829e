import Logging
import NanoCore
import NanoServe
import NanoSim
import ServiceLifecycle

/// A simulated fleet beside the gateway, for trying things out: mostly honest, with a few attackers.
struct FleetService: Service {
    let gateway: Gateway
    let keys: Keystore
    let settings: Settings
    let logger: Logger

    /// In percent of the devices: enough to see every kind of refusal, too little to hide the rest.
    private static let faults: [FleetFault: Double] = [
        .replay: 1, .forged: 1, .garbage: 0.5, .slowLoris: 0.5, .clockDrift: 1,
        .wrongGeneration: 0.5, .truncated: 0.5,
    ]

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await send() }
        } catch is CancellationError {
            // Stopped in the middle of its work, as it is meant to be.
            return
        }
        // A fleet has nothing to say about how the others end.
        try await gracefulShutdown()
    }

    private func send() async throws {
        guard let port = try await listeningPort() else { return }
        var configuration = FleetConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.devices = settings.fleetDevices
        configuration.faults = Self.faults
        for model in settings.intake.models {
            configuration.secrets[model.id] = keys.currentSecret(of: model.id)?.bytes
            configuration.keying[model.id] = model.keying
            configuration.encryption[model.id] = model.encryption
        }
        let faulty = configuration.faultyWords.map { " and \($0)" } ?? ""
        let honest = PlainWords.count(UInt64(configuration.devices), "honest device")
        logger.info("a simulated fleet of \(honest)\(faulty) begins")
        try await Fleet(configuration).run()
    }

    private var host: String {
        let host = settings.ingress.host
        return [Settings.allAddresses, "0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host
    }

    /// The port that the gateway was given, once it listens; nil when it stops before that.
    private func listeningPort() async throws -> Int? {
        while !Task.isCancelled {
            let snapshot = gateway.snapshot([]).gateway
            if snapshot.devicePort > 0 { return snapshot.devicePort }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }
}
