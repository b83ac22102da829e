import ArgumentParser
import NanoCore
import NanoSim

/// How a simulated fleet speaks TLS.
struct FleetTLSOptions: ParsableArguments {
    @Flag(name: .long, help: "Connect with TLS.")
    var tls = false

    @Option(
        name: .long, help: "PEM file with the authorities to believe; the system's by default.")
    var tlsCa: String?

    @Option(name: .long, help: "PEM file with the certificate that every device shows.")
    var tlsCertificate: String?

    @Option(name: .long, help: "PEM file with its private key.")
    var tlsKey: String?

    /// What the options say; nil for without TLS.
    ///
    /// - Parameter problems: A line for each mistake is appended.
    func load(problems: inout [String]) -> FleetTLS? {
        let given = [
            ("--tls-ca", tlsCa), ("--tls-certificate", tlsCertificate), ("--tls-key", tlsKey),
        ].filter { $0.1 != nil }
        guard tls else {
            if let option = given.first?.0 { problems.append("\(option) needs --tls beside it") }
            return nil
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            problems.append("--tls-certificate and --tls-key need each other")
            return nil
        }
        var fleet = FleetTLS()
        fleet.authorities = tlsCa
        fleet.certificate = tlsCertificate
        fleet.key = tlsKey
        do {
            try fleet.check()
        } catch {
            problems.append("--tls: \(SafeText.escaped("\(error)"))")
        }
        return fleet
    }
}
