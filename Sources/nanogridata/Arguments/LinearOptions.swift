import ArgumentParser
import NanoCore
import NanoTUI
import Synchronization

/// The console in lines that only follow one another.
struct LinearOptions: ParsableArguments {
    @Flag(help: "Tell what happens in lines on standard output, for screen readers and logs.")
    var linear = false

    @Option(
        parsing: .unconditional, help: "With --linear: seconds between two summaries, 1 to 86400.")
    var every = 60

    func validate() throws {
        guard (1...86_400).contains(every) else {
            throw ValidationError("--every: \(every) is not between 1 and 86400")
        }
    }

    /// Begins to tell of a gateway, which runs on when nobody listens any more.
    func printer(
        _ gateway: any GatewayPort, onReaderLeft: @escaping @Sendable () -> Void = {}
    ) -> LinePrinter {
        let report = Mutex(LinearReport(secondsBetweenSummaries: Double(every)))
        return LinePrinter(
            {
                let snapshot = gateway.snapshot([])
                return report.withLock { $0.lines(for: snapshot) }
            }, onReaderLeft: onReaderLeft)
    }

    /// Tells of a gateway that runs elsewhere, until the process is told to stop or nobody listens.
    func tell(of gateway: any GatewayPort) async {
        let (stops, stop) = AsyncStream<Void>.makeStream()
        let printer = printer(gateway) { stop.finish() }
        let signals = await StopSignals.watch { stop.finish() }
        for await _ in stops {}
        printer.stop()
        signals.cancel()
    }
}
