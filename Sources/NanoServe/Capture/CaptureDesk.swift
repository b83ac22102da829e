import Dispatch
import Glibc
import NanoCore
import Synchronization

/// Starts and stops the one capture that may run, and has it written on a thread of its own.
final class CaptureDesk: Sendable {
    private let run = Mutex<CaptureRun?>(nil)
    /// How the capture is, or how the last one ended, for whoever must not wait for the disk.
    private let shown = Mutex<CaptureSnapshot?>(nil)
    private let queue = DispatchQueue(label: "capture")
    private let folder: String
    private let lanes: [Lane]

    /// Bytes of packets that may wait for the disk, in all lanes.
    private static let waitingBytes = 16 << 20
    private static let periodMicroseconds: UInt32 = 50_000

    /// - Parameter folder: For the files.
    init(folder: String, lanes: [Lane]) {
        self.folder = folder
        self.lanes = lanes
    }

    /// Nil before the first capture.
    var snapshot: CaptureSnapshot? { shown.withLock(\.self) }

    /// Begins a capture.
    ///
    /// - Parameter onEnd: Is told when it ends without being stopped.
    func start(
        _ order: CaptureOrder, now: Moment,
        onEnd: @escaping @Sendable (CaptureSnapshot) -> Void
    ) -> CommandResult {
        if let fault = order.fault { return .failed("start_capture: \(fault)") }
        let result = run.withLock { run -> CommandResult in
            guard run == nil else { return .failed("a capture runs already; stop it first") }
            let limitBytes = Self.waitingBytes / max(1, lanes.count)
            let queues = lanes.map { _ in CaptureQueue(limitBytes: limitBytes) }
            do {
                run = try CaptureRun(order: order, folder: folder, queues: queues, now: now)
            } catch {
                return .failed("no capture: \(error)")
            }
            for (lane, queue) in zip(lanes, queues) { lane.capture(into: queue) }
            show(run?.snapshot)
            return .done("capture to \(run?.snapshot.path ?? "") begins")
        }
        if case .done = result {
            queue.async {
                while self.advance(onEnd) { usleep(Self.periodMicroseconds) }
            }
        }
        return result
    }

    /// Stops the capture that runs.
    ///
    /// - Parameter ending: Why, in a few words.
    func stop(_ ending: String, now: Moment) -> CommandResult {
        let ended = run.withLock { run -> CaptureSnapshot? in
            guard run != nil else { return nil }
            for lane in lanes { lane.capture(into: nil) }
            let fault = run?.advance(now: now)
            return end(&run, fault ?? ending)
        }
        guard let ended else { return .failed("no capture runs") }
        return .done(ended.sentence)
    }

    /// Writes what has come.
    ///
    /// - Returns: Whether the capture goes on.
    private func advance(_ onEnd: @Sendable (CaptureSnapshot) -> Void) -> Bool {
        let (isRunning, ended) = run.withLock { run -> (Bool, CaptureSnapshot?) in
            guard run != nil else { return (false, nil) }
            guard let ending = run?.advance(now: .now) else {
                show(run?.snapshot)
                return (true, nil)
            }
            for lane in lanes { lane.capture(into: nil) }
            return (false, end(&run, ending))
        }
        if let ended { onEnd(ended) }
        return isRunning
    }

    private func end(_ run: inout CaptureRun?, _ ending: String) -> CaptureSnapshot? {
        let last = run?.finish(ending)
        run = nil
        show(last)
        return last
    }

    private func show(_ snapshot: CaptureSnapshot?) {
        shown.withLock { $0 = snapshot }
    }
}
