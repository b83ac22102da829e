import NIOCore
import NanoCore

/// Delivers by running a program, which waits on tasks and blocks nobody.
final class HookSink: Sink {
    private struct Pending {
        let batch: DeliveryBatch
        let completion: (SinkAnswer) -> Void
        let task: Task<Void, Never>
    }

    private let program: HookProgram
    private let redaction: Redaction
    private let timeoutMilliseconds: Int
    /// Whether events go in arrays.
    private let takesBatches: Bool
    private let runs: HookRuns
    private let loop: any EventLoop
    /// Runs under way, by their number.
    private var pending: [Int: Pending] = [:]
    private var next = 0

    init(
        _ program: HookProgram, access: HTTPAccess, timeoutMilliseconds: Int, takesBatches: Bool,
        runs: HookRuns, on loop: any EventLoop
    ) {
        self.program = program
        redaction = access.redaction
        self.timeoutMilliseconds = timeoutMilliseconds
        self.takesBatches = takesBatches
        self.runs = runs
        self.loop = loop
    }

    func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void) {
        var input: [UInt8] = []
        HookWire.appendInput(of: batch, asArray: takesBatches, into: &input)
        next += 1
        let number = next
        let run = HookRun(program: program, timeout: .milliseconds(timeoutMilliseconds))
        let sink = NIOLoopBound(self, eventLoop: loop)
        let task = runs.begin { [loop, input] in
            let report = await run.report(input: input)
            loop.execute { sink.value.settle(number, report) }
        }
        pending[number] = Pending(batch: batch, completion: completion, task: task)
    }

    /// Tells all runs to end, and does not wait for it.
    func stop() {
        let given = pending.values
        pending = [:]
        for run in given {
            run.task.cancel()
            run.completion(.all(.retry, of: run.batch, error: "the gateway stops"))
        }
    }

    private func settle(_ number: Int, _ report: HookRun.Report) {
        guard let run = pending.removeValue(forKey: number) else { return }
        let outcome = HookWire.outcome(report.ending)
        var answer = SinkAnswer.all(
            outcome, of: run.batch,
            error: HookWire.describe(report.ending, timeoutMilliseconds: timeoutMilliseconds))
        if case .notStarted = report.ending { answer.hasReached = false }
        if outcome != .delivered { answer.excerpt = redaction.excerpt(of: report.errors) }
        // What has to be mended is said by the program alone.
        if outcome == .retry, !answer.excerpt.isEmpty {
            answer.error += ": " + SafeText.shortened(answer.excerpt, to: 200)
        }
        answer.mayConcernFewer = outcome == .deadLetter && run.batch.items.count > 1
        run.completion(answer)
    }
}
