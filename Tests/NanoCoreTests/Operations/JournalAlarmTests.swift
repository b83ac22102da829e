import NanoCore
import Testing

/// Where a journal that fills leads.
struct JournalAlarmTests {
    private func filled(
        seconds: UInt64 = 52, _ edit: (inout Snapshot) -> Void = { _ in }
    ) -> AlarmWatch {
        var watch = AlarmWatch()
        watch.pass(seconds: seconds) {
            $0.journal.usedBytes += 1 << 20
            $0.routes[0].waiting += 10_000
            $0.routes[0].state = .paused
        }
        watch.pass(edit)
        return watch
    }

    @Test func `a disk with less room than the limit is what is full first`() {
        let watch = filled {
            $0.journal.expires = true
            $0.journal.diskFreeBytes = 6 << 20
        }
        let texts = watch.texts.joined(separator: "|")
        #expect(texts.contains("54.5 MB are in use, and the disk has room for 6.3 MB more, "))
        #expect(
            texts.contains("the disk full in 6 s at this rate, and then devices have to wait; "))
        #expect(texts.contains(", at this rate the journal's disk is full in 6 s; resume alba"))
    }

    @Test func `a disk with more room than the limit is not spoken of`() {
        let watch = filled {
            $0.journal.expires = true
            $0.journal.diskFreeBytes = 1 << 40
        }
        let texts = watch.texts.joined(separator: "|")
        #expect(texts.contains("full in 12 s at this rate, and then the oldest packets expire; "))
        #expect(!texts.contains("disk"))
    }

    @Test func `nothing is forecast of a journal that is full`() {
        var blocked = filled {
            $0.journal.isFull = true
            $0.journal.diskFreeBytes = 0
        }
        blocked.pass(seconds: 60)
        #expect(!blocked.texts.joined().contains("full in"))
        let atLimit = filled(seconds: 61)
        #expect(!atLimit.texts.joined().contains("full in"), "devices wait from there on")
    }

    @Test func `a journal over its limit says what becomes of it`() throws {
        let watch = filled(seconds: 2) {
            $0.journal.expires = true
            $0.journal.usedBytes = 11_400_000
            $0.journal.budgetBytes = 1 << 20
        }
        let alarm = try #require(watch.board.alarms.first { $0.id == "journal" })
        #expect(alarm.title == "journal over its limit")
        #expect(
            alarm.text
                == "11.4 MB are in use, and the limit is 1.0 MB, most of it for alba; as soon "
                + "as packets come, the oldest expire until the limit is kept; resume alba, or "
                + "raise journal.max_bytes")
    }
}
