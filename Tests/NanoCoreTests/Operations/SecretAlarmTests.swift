import NanoCore
import Testing

/// The alarm for secrets that should have been replaced.
@Suite struct SecretAlarmTests {
    private static let day: Int64 = 86_400_000

    private func secret(
        _ state: SecretSnapshot.State, _ generation: Int, currentDays: Int64?, at now: Int64
    ) -> SecretSnapshot {
        var secret = SecretSnapshot(
            model: .esp32Pressure, generation: generation, state: state, fingerprint: "00",
            createdUnixMilliseconds: now - 400 * Self.day, validUntilUnixMilliseconds: nil,
            origin: "keystore")
        secret.currentSinceUnixMilliseconds = currentDays.map { now - $0 * Self.day }
        secret.rotateAfterSeconds = 90 * 86_400
        return secret
    }

    @Test func `a secret that is overdue is an alarm until another is current`() {
        var watch = AlarmWatch()
        let start = watch.snapshot.gateway.unixMilliseconds
        watch.pass { $0.secrets = [secret(.current, 1, currentDays: 97, at: start)] }
        #expect(
            watch.texts == [
                "0x10 ESP32 uses one that is 97 d old, due after 90 d; stage a new one"
            ])
        #expect(watch.board.alarms.first?.model == .esp32Pressure)
        watch.pass { $0.secrets.append(secret(.staged, 2, currentDays: nil, at: start)) }
        #expect(
            watch.texts.first?.hasSuffix("; promote generation 2 when the devices use it") == true)
        watch.pass { $0.secrets = [secret(.current, 2, currentDays: 0, at: start)] }
        watch.pass()
        #expect(watch.changes == ["+secret overdue", "-secret overdue"])
    }

    @Test func `the limit counts to the second, from when the secret became current`() {
        var watch = AlarmWatch()
        let start = watch.snapshot.gateway.unixMilliseconds
        watch.pass { $0.secrets = [secret(.current, 1, currentDays: 90, at: start + 1_000)] }
        #expect(watch.titles.isEmpty)
        watch.pass()
        #expect(watch.titles == ["secret overdue"])
    }

    @Test func `without a limit, and for secrets that are not current, there is none`() {
        var watch = AlarmWatch()
        let start = watch.snapshot.gateway.unixMilliseconds
        var unlimited = secret(.current, 1, currentDays: 4_000, at: start)
        unlimited.rotateAfterSeconds = nil
        watch.pass {
            $0.secrets = [
                unlimited, secret(.previous, 2, currentDays: nil, at: start),
                secret(.staged, 3, currentDays: nil, at: start),
            ]
        }
        #expect(watch.titles.isEmpty)
    }
}
