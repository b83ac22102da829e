import NanoCore
import NanoServe

/// Waits for the first packet of a device, by what a running gateway tells at its admin socket.
struct ProvisionWait {
    /// The TCP port on which the gateway listens for devices.
    let devicePort: Int
    /// Its port of TLS's own; 0 where it has none.
    let tlsPort: Int
    private let client: AdminClient
    private var watch: ProvisionWatch

    /// Between two looks at the gateway.
    private static let pause = Duration.milliseconds(500)

    /// Asks the gateway for its time, from which on verdicts count.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1 when no gateway answers.
    init(socket: String, model: ModelID, device: String?) throws {
        do throws(AdminFault) {
            client = try AdminClient(path: socket, role: .observer)
            let gateway = try client.snapshot([]).gateway
            devicePort = gateway.devicePort
            tlsPort = gateway.tlsPort
            watch = ProvisionWatch(
                model: model, device: device, sinceUnixMilliseconds: gateway.unixMilliseconds)
        } catch {
            throw CommandFailure.failed(
                "\(error); the first packet could not be waited for, so nothing was done: start the "
                    + "gateway, or say --no-wait")
        }
    }

    /// Looks until the first packet was accepted.
    ///
    /// - Parameter tell: Is given what is news.
    /// - Throws: ``CommandFailure`` with exit code 1 when it does not come in time, or the gateway
    ///   does not answer any more.
    mutating func run(atMost limit: TimeSpan, tell: (ProvisionWatch.News) -> Void) async throws {
        let end = ContinuousClock.now + .seconds(limit.seconds)
        while ContinuousClock.now < end {
            do {
                let snapshot = try client.snapshot([.devices, .packets, .rejections])
                for news in watch.note(snapshot) { tell(news) }
            } catch {
                throw CommandFailure.failed("\(error)")
            }
            if watch.isOver { return }
            try await Task.sleep(for: Self.pause)
        }
        switch watch.news {
        case .refused(let words), .misnamed(let words), .nameless(let words),
            .otherModel(let words), .noFrames(let words):
            throw CommandFailure.failed("no packet was accepted within \(limit.text): \(words)")
        case nil, .accepted:
            throw CommandFailure.failed(
                "nothing came from it within \(limit.text): see whether it reaches host and port, and "
                    + "whether it sends this device_id")
        }
    }
}
