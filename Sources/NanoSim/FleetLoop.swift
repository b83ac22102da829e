import Foundation
import NIOCore
import NIOPosix
import NanoCore

/// The members of a fleet that live on one event loop, driven by one timer.
///
/// Everything here happens on that loop, so nothing needs a lock but the books, once a tick.
final class FleetLoop {
    private let loop: any EventLoop
    private let line: FleetLine
    private let books: FleetBooks
    private let period: Double
    private var members: [FleetMember]
    private var random: SplitMix64
    private var wheel = TimerWheel()
    private var start = NIODeadline.now()
    private var news = FleetStatistics()
    /// An honest frame for replays, and the next one, which may not have arrived yet.
    private var recorded: [UInt8]?
    private var recording: (frame: [UInt8], tick: Int)?
    private let ended: EventLoopPromise<Void>

    private static let tickMilliseconds: Int64 = 20
    private static let ticksPerSecond = 50.0
    /// A gateway that turns a connection away does so at once; at the end of a run it has had so long.
    private static let keptAfter = TimeAmount.seconds(1)
    private static let keptAtEndAfter = TimeAmount.milliseconds(100)

    init(
        loop: any EventLoop, line: FleetLine, members: [FleetMember], rate: Double, seed: UInt64,
        books: FleetBooks, ended: EventLoopPromise<Void>
    ) {
        self.loop = loop
        self.line = line
        self.members = members
        self.books = books
        self.ended = ended
        period = 1 / max(rate, 0.000_1)
        random = SplitMix64(seed: seed)
    }

    /// Begins; the members connect spread over some time, not all at once.
    func run() {
        start = .now()
        let ramp = max(min(period, 1), Double(members.count) / 2_000)
        for index in members.indices {
            wheel.schedule(index, after: ticks(random.number(in: 0...ramp)))
        }
        tick()
    }

    private func ticks(_ seconds: Double) -> Int { Int(seconds * Self.ticksPerSecond) }

    private func tick() {
        if books.isStopping { return finish() }
        let elapsed = (NIODeadline.now() - start).nanoseconds / 1_000_000
        let seconds = Date().timeIntervalSince1970
        while wheel.current < elapsed / Self.tickMilliseconds {
            for index in wheel.advance() { act(index, seconds) }
        }
        if let next = recording, wheel.current - next.tick > Int(Self.ticksPerSecond) {
            recorded = next.frame
            recording = nil
        }
        books.add(&news)
        loop.assumeIsolated().scheduleTask(in: .milliseconds(Self.tickMilliseconds)) {
            self.tick()
        }
    }

    private func finish() {
        for member in members {
            guard let channel = member.channel else { continue }
            let age = NIODeadline.now() - member.connectedAt
            if member.fault == nil, age >= Self.keptAtEndAfter { news.kept += 1 }
            channel.close(promise: nil)
        }
        books.add(&news)
        ended.succeed()
    }

    /// Lets a member connect or send, and says when it acts next.
    private func act(_ index: Int, _ seconds: Double) {
        guard let channel = members[index].channel else {
            guard members[index].mustBackOff else { return connect(index) }
            members[index].mustBackOff = false
            return wheel.schedule(index, after: backoff(members[index].failures))
        }
        var frames = 1
        if channel.isWritable {
            if NIODeadline.now() - members[index].connectedAt > .seconds(10) {
                members[index].failures = 0
            }
            if let fault = members[index].fault, fault.isAttacker {
                attack(fault, index, channel, seconds)
            } else {
                frames = send(index, channel, seconds)
            }
        } else {
            news.heldBack += 1
        }
        let spread = random.number(in: 0.8...1.2)
        let isSlow = members[index].fault == .slowLoris
        wheel.schedule(index, after: ticks((isSlow ? 1 : period * Double(frames)) * spread))
    }

    /// Doubles with every failure up to half a minute; half of it is left to chance.
    private func backoff(_ failures: Int) -> Int {
        let most = min(30, 0.25 * Double(1 << min(failures, 10)))
        return ticks(random.number(in: most / 2...most))
    }

    /// An honest device's next frame, now and then several that had piled up.
    private func send(_ index: Int, _ channel: any Channel, _ seconds: Double) -> Int {
        let count = random.happens(0.005) ? 3 + Int(random.next() % 10) : 1
        var bytes: [UInt8] = []
        for _ in 0..<count {
            let frame = members[index].device.frame(at: seconds)
            if bytes.isEmpty, members[index].fault == nil, recording == nil {
                recording = (frame, wheel.current)
            }
            bytes += frame
        }
        write(bytes, channel)
        if let fault = members[index].fault {
            news.faults[fault, default: 0] += count
        } else {
            news.frames += count
        }
        // Devices come and go: after the last byte is out, this one connects anew.
        if random.happens(0.000_5) { channel.close(promise: nil) }
        return count
    }

    private func attack(
        _ fault: FleetFault, _ index: Int, _ channel: any Channel, _ seconds: Double
    ) {
        switch fault {
        case .replay:
            guard let recorded else { return }
            write(recorded, channel)
        case .forged: write(members[index].device.forgedFrame(at: seconds), channel)
        case .garbage: write(members[index].device.garbage(), channel)
        case .slowLoris:
            // The last byte never comes: the next frame begins instead.
            if members[index].trickle.isEmpty {
                members[index].trickle = members[index].device.frame(at: seconds).dropLast()
            }
            if let byte = members[index].trickle.popFirst() { write([byte], channel) }
        case .truncated:
            write(members[index].device.truncatedFrame(at: seconds), channel)
            channel.close(promise: nil)
        case .wrongGeneration, .clockDrift:
            write(members[index].device.frame(at: seconds), channel)
        }
        news.faults[fault, default: 0] += 1
    }

    private func write(_ bytes: [UInt8], _ channel: any Channel) {
        var buffer = channel.allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        channel.writeAndFlush(buffer, promise: nil)
        news.bytes += bytes.count
    }

    private func connect(_ index: Int) {
        let isAttacker = members[index].fault?.isAttacker == true
        line.connect(on: loop, from: isAttacker ? line.attackers : nil)
            .assumeIsolated().whenComplete { result in self.connected(index, result) }
    }

    private func connected(_ index: Int, _ result: Result<any Channel, any Error>) {
        switch result {
        case .failure(let error):
            news.failedConnects += 1
            if line.isTLS { news.lastFault = line.words(of: error) }
            members[index].failures += 1
            wheel.schedule(index, after: backoff(members[index].failures))
        case .success(let channel):
            guard !books.isStopping else { return channel.close(promise: nil) }
            news.connects += 1
            news.connected += 1
            members[index].channel = channel
            members[index].connectedAt = .now()
            members[index].trickle = []
            wheel.schedule(index, after: 1)
            channel.closeFuture.assumeIsolated().whenComplete { _ in self.closed(index) }
        }
    }

    private func closed(_ index: Int) {
        news.connected -= 1
        members[index].channel = nil
        if members[index].fault == nil {
            let age = NIODeadline.now() - members[index].connectedAt
            if age >= Self.keptAfter { news.kept += 1 } else { news.cutShort += 1 }
        }
        // Who cuts its own connections short comes back at once.
        guard members[index].fault != .truncated else { return }
        members[index].failures += 1
        members[index].mustBackOff = true
    }
}
