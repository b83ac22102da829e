import NanoCore

extension ConsoleModel {
    /// Takes in a key press.
    ///
    /// - Returns: What has to be done about it.
    public mutating func handle(_ key: Key) -> [Effect] {
        if case .mouse = key {} else { clicked = nil }
        if visits.isEmpty { noteVisit() }
        defer {
            refreshListing()
            keepCursor()
            noteVisit()
        }
        if case .mouse(let event) = key { return take(event) }
        switch overlay {
        case .none: return act(on: key)
        case .sheet: read(key)
        case .confirmation(let confirmation): return answer(confirmation, key)
        case .prompt(let prompt): return type(key, into: prompt)
        case .filter(let line, let before): type(key, into: line, before: before)
        case .command(let line): return type(key, into: line)
        case .dump(let records, let format): return choose(format, for: records, key)
        case .copy(let records, let form): return choose(form, for: records, key)
        }
        return []
    }

    private mutating func act(on key: Key) -> [Effect] {
        // What went wrong was about a state that the next key leaves.
        if notice?.kind == .fault {
            dismissNotice()
            if key == .escape { return [] }
        }
        if case .paste = key {
            say("what is pasted goes into a line being typed: / or : opens one")
            return []
        }
        guard
            let action = keyMap.action(
                for: key, in: view, isSmall: isSmall, attachment: attachment)
        else {
            sayWhyNothing(for: key)
            return []
        }
        if hidesList, Self.actionsOnRows.contains(action) {
            say("the packets are not shown; v lists them")
            return []
        }
        return perform(action)
    }

    /// Does what a key, or a command with nothing behind its name, asks for.
    mutating func perform(_ action: Action) -> [Effect] {
        if let rewound, !action.worksInThePast {
            let clock = Numbers.clock(unixMilliseconds: rewound.snapshot.gateway.unixMilliseconds)
            say("this is how it was at \(clock)Z; space goes back to now", isFault: true)
            return []
        }
        if action.isCommand, sayUnanswered() { return [] }
        switch action {
        case .show(let target): show(target)
        case .nextView where opened != nil: goToNextPane(by: 1)
        case .previousView where opened != nil: goToNextPane(by: -1)
        case .moveLeft: moveAside(by: -1)
        case .moveRight: moveAside(by: 1)
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
        case .back, .earlierView, .laterView: return goTheWay(of: action)
        case .filter: beginFilter()
        case .freeze: toggleFreeze()
        case .stepBack: stepBack()
        case .stepForward: stepForward()
        case .minuteBack: stepBack(seconds: 60)
        case .minuteForward: stepForward(seconds: 60)
        case .help: open(.help)
        case .message: openMessage()
        case .read: readAlarm()
        case .acknowledge: return acknowledgeAlarm()
        case .elevate: askToElevate()
        case .theme:
            lastChange = Change(Invocation(action: .theme, arguments: [themeName]))
            return [.nextTheme]
        case .command: beginCommand()
        case .columns: beginCommand("columns ")
        case .hideColumn, .showColumn: beginCommand(action.name + " ")
        case .showAllColumns: showAllColumns()
        case .layout: beginCommand("layout ")
        case .hidePane, .showPane: beginCommand(action.name + " ")
        case .split: setSplit(PaneSplit.allCases.neighbour(of: lasting.layout.split, by: 1))
        case .curves:
            setCurves(StackedGraph.Form.allCases.neighbour(of: lasting.layout.curves, by: 1))
        case .resetLayout: resetLayout()
        case .undo: return undo()
        case .mouse: toggleMouse()
        case .repaint: return [.repaint]
        case .quit: return quit()
        case .pause: return pauseOrResume()
        case .resume: return resume(chosenRoute)
        case .letters: openLetters(of: chosenRoute)
        case .redrive: return redriveLetter()
        case .redriveAll: return askToRedriveAll()
        case .drop: askToDropLetter()
        case .dropAll: return askToDropAll()
        case .skip: askToSkip(chosenRoute)
        case .stage: askToStage(chosenSecret)
        case .promote: askToPromote(chosenSecret)
        case .abort: askToAbort(chosenSecret)
        case .revoke: askToRevoke(chosenSecret)
        case .extend: askForGrace()
        case .provision: askForDevice()
        case .rotate: askToRotate(chosenSecret)
        case .rotateAll: askToRotateAll()
        case .registry: openRegistry()
        case .offenders: openOffenders()
        case .blockAddress: askToBlock(address: chosenAddress)
        case .unblockAddress: askToUnblockAddress(chosenOffender)
        case .approve: askToApprove(chosenRow)
        case .reject: askToReject(chosenRow)
        case .remove: askToRemove(chosenRow)
        case .blockDevice: askToBlockDevice()
        case .unblockDevice: askToUnblockDevice()
        case .adopt: askToAdopt()
        case .device: return open()
        case .values: showsAllValues.toggle()
        case .dump: askForDump()
        case .save: beginSaving()
        case .copy: return askForCopy()
        case .mark: toggleMark()
        case .nextMark: goToNextMark()
        case .unmarkAll: unmarkAll()
        case .countBy: countByNext()
        case .follow: followDevice()
        case .sort: sortByNextColumn()
        case .reverse:
            var sort = deviceSort
            sort.isAscending.toggle()
            self.sort(sort)
        }
        return []
    }

    mutating func show(_ target: ViewKind?) {
        guard let target else { return }
        view = target
        opened = nil
        trail = []
    }

    private mutating func move(by steps: Int) {
        if opened != nil { return moveInDetail(by: steps) }
        guard let index = cursor else { return }
        lists[view, default: ListState()].move(
            by: steps, from: index, in: rowIDs, follows: Self.growsAtEnd(view))
    }

    private mutating func sortByNextColumn() {
        let columns = DeviceSort.Column.allCases
        sort(DeviceSort(by: columns.neighbour(of: deviceSort.column, by: 1)))
    }

    /// Lists the devices in another order.
    mutating func sort(_ sort: DeviceSort) {
        lastChange = Change(deviceSort.invocation)
        deviceSort = sort
        startAtFirstRow()
    }

    /// Puts the cursor on the row that is first in a new order.
    private mutating func startAtFirstRow() {
        refreshListing()
        guard !rowIDs.isEmpty else { return }
        lists[.devices, default: ListState()].select(0, in: rowIDs)
    }
}
