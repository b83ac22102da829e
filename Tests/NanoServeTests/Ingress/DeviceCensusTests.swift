import NanoCore
import Testing

@testable import NanoServe

@Suite struct DeviceCensusTests {
    private func names(
        _ hashes: [UInt64], _ model: ModelID = .esp32Pressure
    ) -> [DeviceTable.Name] {
        hashes.map { hash in
            DeviceTable.Name(
                hash: hash, model: model, id: "\(hash)", firstSeen: 0,
                firstPeer: PeerReference(talker: 0, port: 1))
        }
    }

    private func listing(
        _ names: [DeviceTable.Name], replaced: UInt64 = 0
    ) -> DeviceTable.Listing {
        DeviceTable.Listing(names: names, replaced: replaced)
    }

    @Test func `a device that has changed lanes is counted once, and one that comes later too`() {
        let census = DeviceCensus()
        #expect(census.count([]).isEmpty)
        let first = [listing(names([1, 2])), listing(names([2, 3]))]
        #expect(census.count(first) == [.esp32Pressure: 3])
        let later = [
            listing(names([1, 2, 4])), listing(names([2, 3]) + names([1], .stm32Gas)),
        ]
        #expect(census.count(later) == [.esp32Pressure: 4, .stm32Gas: 1])
        // A look that began earlier takes none away.
        let earlier = [listing(names([1, 2])), listing(names([2]))]
        #expect(census.count(earlier) == [.esp32Pressure: 4, .stm32Gas: 1])
        #expect(census.count(later) == [.esp32Pressure: 4, .stm32Gas: 1])
    }

    @Test func `a device that had to make room is counted no longer`() {
        let census = DeviceCensus()
        #expect(
            census.count([listing(names([1, 2])), listing(names([2]))]) == [.esp32Pressure: 2])
        let replaced = [
            listing(names([1], .stm32Gas) + names([3]), replaced: 2), listing(names([3, 4])),
        ]
        #expect(census.count(replaced) == [.esp32Pressure: 2, .stm32Gas: 1])
        let gone = [listing(names([5, 6]), replaced: 4), listing(names([3, 4]))]
        #expect(census.count(gone) == [.esp32Pressure: 4])
    }
}
