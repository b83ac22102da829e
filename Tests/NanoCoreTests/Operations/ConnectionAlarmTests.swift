import NanoCore
import Testing

/// The alarm for connections that are turned away.
@Suite struct ConnectionAlarmTests {
    @Test(arguments: TurnedAwayReason.allCases.filter { ![.gone, .blocked, .slowed].contains($0) })
    func `five connections turned away a second are an alarm, four are not`(
        reason: TurnedAwayReason
    ) throws {
        var watch = AlarmWatch()
        watch.pass(seconds: 10) { $0.connections.turnedAway[reason] += 4 }
        #expect(watch.titles.isEmpty)
        watch.pass { $0.connections.turnedAway[reason] += 5 }
        #expect(watch.titles == ["connections turned away"])
        let text = try #require(watch.texts.first)
        #expect(text.hasPrefix("5 connections a second are turned away, all of them by devices."))
    }

    @Test func `connections that were gone at once are nobody's business`() {
        var watch = AlarmWatch()
        watch.pass(seconds: 10) { $0.connections.turnedAway[.gone] += 1_000 }
        #expect(watch.titles.isEmpty)
    }

    @Test func `the commonest reason is named, of now and not of the start`() throws {
        var watch = AlarmWatch()
        watch.pass { $0.connections.turnedAway[.full] += 10_000 }
        watch.pass {
            $0.connections.turnedAway[.denied] += 60
            $0.connections.turnedAway[.full] += 40
        }
        #expect(
            watch.texts == [
                "100 connections a second are turned away, most of them by devices.deny; have a "
                    + "firewall drop who comes from there"
            ])
    }

    @Test func `where handshakes fail, the last one tells why`() throws {
        var watch = AlarmWatch()
        watch.pass {
            var tls = TLSConnectionsSnapshot()
            for (reason, words) in [
                (TurnedAwayReason.certificate, "no client certificate"),
                (.handshake, "its version of TLS is too old"),
            ] {
                tls.note(
                    HandshakeFailure(
                        address: "10.0.0.7", unixMilliseconds: 0, reason: reason, words: words))
            }
            $0.connections.tls = tls
            $0.connections.turnedAway[.certificate] += 9
        }
        let text = try #require(watch.texts.first)
        #expect(text.contains(", the last from 10.0.0.7: no client certificate; give these"))
    }

    @Test func `the alarm stays with half of that, and ends half a minute after`() {
        var watch = AlarmWatch()
        watch.pass { $0.connections.turnedAway[.denied] += 5 }
        watch.pass(seconds: 60) { $0.connections.turnedAway[.denied] += 3 }
        #expect(watch.titles.count == 1)
        watch.pass(seconds: 30) { $0.connections.turnedAway[.denied] += 2 }
        #expect(watch.titles.count == 1)
        watch.pass(seconds: 2)
        #expect(watch.titles.isEmpty)
        #expect(watch.changes == ["+connections turned away", "-connections turned away"])
    }
}
