import NanoCore

extension ConsoleModel {
    /// Takes in a key press.
    ///
    /// - Returns: What has to be done about it.
    public mutating func handle(_ key: Key) -> [Effect] {
        defer { refreshListing() }
        switch overlay {
        case .none: return act(on: key)
        case .sheet: read(key)
        case .confirmation(let confirmation): return answer(confirmation, key)
        case .prompt(let prompt): return type(key, into: prompt)
        case .filter(let line, let before): type(key, into: line, before: before)
        case .dump(let records, let format): return choose(format, for: records, key)
        }
        return []
    }

    private mutating func act(on key: Key) -> [Effect] {
        // What went wrong was about a state that the next key leaves.
        if notice?.isFault == true {
            dismissNotice()
            if key == .escape { return [] }
        }
        guard
            let action = KeyMap.action(
                for: key, in: view, isSmall: isSmall, attachment: attachment)
        else { return [] }
        if let rewound, action.isCommand, action != .dump {
            let clock = Numbers.clock(unixMilliseconds: rewound.snapshot.gateway.unixMilliseconds)
            say("this is how it was at \(clock)Z; space goes back to now", isFault: true)
            return []
        }
        switch action {
        case .show(let target): show(target)
        case .nextView: show(ViewKind(rawValue: view.tab.rawValue % ViewKind.allCases.count + 1))
        case .previousView:
            let count = ViewKind.allCases.count
            show(ViewKind(rawValue: (view.tab.rawValue + count - 2) % count + 1))
        case .moveUp: move(by: -1)
        case .moveDown: move(by: 1)
        case .pageUp: move(by: -max(1, pageRows - 1))
        case .pageDown: move(by: max(1, pageRows - 1))
        case .first: move(by: .min)
        case .last: move(by: .max)
        case .open: return open()
        case .back: goBack()
        case .filter: beginFilter()
        case .freeze: toggleFreeze()
        case .stepBack: stepBack()
        case .stepForward: stepForward()
        case .minuteBack: stepBack(seconds: 60)
        case .minuteForward: stepForward(seconds: 60)
        case .help: open(.help)
        case .message: openMessage()
        case .read: readAlarm()
        case .theme: return [.nextTheme]
        case .repaint: return [.repaint]
        case .quit: return quit()
        case .pause: return pauseOrResume()
        case .letters: openLetters()
        case .redrive: return redriveLetter()
        case .redriveAll: askToRedriveAll()
        case .drop: askToDropLetter()
        case .dropAll: askToDropAll()
        case .skip: askToSkip()
        case .stage: askToStage()
        case .promote: askToPromote()
        case .abort: askToAbort()
        case .revoke: askToRevoke()
        case .extend: askForGrace()
        case .provision: askForDevice()
        case .rotate: askToRotate()
        case .registry: openRegistry()
        case .offenders: openOffenders()
        case .blockAddress: askToBlockAddress()
        case .unblockAddress: askToUnblockAddress()
        case .approve: askToApprove()
        case .reject: askToReject()
        case .remove: askToRemove()
        case .blockDevice: askToBlockDevice()
        case .adopt: askToAdopt()
        case .dump: askForDump()
        case .follow: followDevice()
        case .sort: sortByNextColumn()
        case .reverse:
            deviceSort.isAscending.toggle()
            startAtFirstRow()
        }
        return []
    }

    private mutating func show(_ target: ViewKind?) {
        guard let target else { return }
        view = target
        opened = nil
        trail = []
    }

    private mutating func move(by steps: Int) {
        if opened != nil {
            let (sum, overflow) = scroll.addingReportingOverflow(steps)
            // Drawing brings it back to where the last line is seen.
            scroll = overflow ? (steps > 0 ? 100_000 : 0) : max(0, sum)
            seeksFault = false
            return
        }
        guard let index = cursor else { return }
        lists[view, default: ListState()].move(
            by: steps, from: index, in: rowIDs, follows: Self.growsAtEnd(view))
    }

    private mutating func sortByNextColumn() {
        let columns = DeviceSort.Column.allCases
        deviceSort.column = columns[(deviceSort.column.rawValue + 1) % columns.count]
        // Of numbers the largest are looked for.
        deviceSort.isAscending = [.device, .model, .address].contains(deviceSort.column)
        startAtFirstRow()
    }

    /// Puts the cursor on the row that is first in a new order.
    private mutating func startAtFirstRow() {
        refreshListing()
        guard !rowIDs.isEmpty else { return }
        lists[.devices, default: ListState()].select(0, in: rowIDs)
    }
}
