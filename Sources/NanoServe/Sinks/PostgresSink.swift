import NIOCore
import NIOPosix
import NanoCore

/// Delivers to a PostgreSQL, over one connection that has a thread of its own.
final class PostgresSink: Sink {
    private let loop: any EventLoop
    private let connection: PostgresConnection
    private let models: [ModelID: PostgresModel]
    private let pool = NIOThreadPool(numberOfThreads: 1)
    /// What waits for an answer, by its number.
    private var pending: [Int: (batch: DeliveryBatch, completion: (SinkAnswer) -> Void)] = [:]
    private var next = 0

    init(
        connection: PostgresConnection, models: [ModelID: PostgresModel], on loop: any EventLoop
    ) {
        self.connection = connection
        self.models = models
        self.loop = loop
        pool.start()
    }

    func deliver(_ batch: DeliveryBatch, completion: @escaping (SinkAnswer) -> Void) {
        next += 1
        let number = next
        pending[number] = (batch, completion)
        let sink = NIOLoopBound(self, eventLoop: loop)
        pool.submit { [loop, connection, models] state in
            guard state == .active else { return }
            let answer = Self.write(batch, models, over: connection)
            loop.execute { sink.value.pending.removeValue(forKey: number)?.completion(answer) }
        }
    }

    func stop() {
        connection.stop()
        pool.shutdownGracefully { _ in }
        let given = pending.values
        pending = [:]
        for (batch, completion) in given {
            completion(.all(.retry, of: batch, error: "the gateway stops"))
        }
    }

    private static func write(
        _ batch: DeliveryBatch, _ models: [ModelID: PostgresModel],
        over connection: PostgresConnection
    ) -> SinkAnswer {
        var rows: [UInt8] = []
        PostgresWire.appendRows(of: batch, now: .now, into: &rows)
        let numbers = Set(batch.items.map(\.model))
        do {
            try connection.write(
                models: PostgresWire.upsert(numbers.map { models[$0] ?? PostgresModel(id: $0) }),
                rows: rows)
            return .all(.delivered, of: batch)
        } catch {
            var answer = SinkAnswer.all(
                error.concernsRows ? .deadLetter : .retry, of: batch, error: error.text)
            answer.mayConcernFewer = error.concernsRows && batch.items.count > 1
            answer.hasReached = error.hasReached
            return answer
        }
    }
}
