import Testing

/// Delivery with everything that goes wrong on both its sides, from a seed: whatever happens,
/// nothing is lost or given up unasked, the order of each device is kept, limits hold, accounts
/// balance, and nothing sleeps that should work.
@Suite struct DeliverySimulationTests {
    private static let seeds: UInt64 = 1_000
    private static let steps = 150

    private func run(_ seed: UInt64) throws {
        let world = try DeliveryWorld(seed: seed)
        let result = Result {
            for _ in 0..<Self.steps { try world.step() }
            try world.finish()
        }
        try world.end()
        try result.get()
        #expect(!world.committed.isEmpty, "seed \(seed): nothing has happened")
        for place in 0...1 {
            #expect(
                world.due(at: place).sorted() == [], "seed \(seed): route\(place) has lost them")
        }
    }

    /// What waited was skipped, and its file half removed, while it was about to be read.
    @Test(arguments: [6_376, 7_577] as [UInt64])
    func `seeds that have found something find nothing any more`(seed: UInt64) throws {
        try run(seed)
    }

    @Test func `everything committed arrives once and in order, and nothing is left waiting`()
        throws
    {
        try SimulationSeeds.run(Self.seeds, of: "DeliverySimulationTests", run)
    }
}
