import NanoCore

extension Action {
    /// What the command line, scripts and files of keys call it. Where `nanogridata` has a command for
    /// the same, it has the same name.
    var name: String {
        switch self {
        case .show(let view): "show \(view.title.lowercased())"
        case .nextView: "next-view"
        case .previousView: "previous-view"
        case .moveUp: "up"
        case .moveDown: "down"
        case .pageUp: "page-up"
        case .pageDown: "page-down"
        case .first: "first"
        case .last: "last"
        case .open: "open"
        case .back: "leave"
        case .earlierView: "back"
        case .laterView: "forward"
        case .filter: "filter"
        case .freeze: "freeze"
        case .help: "help"
        case .message: "message"
        case .theme: "theme"
        case .quit: "quit"
        case .repaint: "repaint"
        case .command: "command"
        case .undo: "undo"
        case .mouse: "mouse"
        case .letters: "dead-letters list"
        case .redrive: "dead-letters redrive"
        case .redriveAll: "dead-letters redrive-all"
        case .drop: "dead-letters drop"
        case .dropAll: "dead-letters drop-all"
        case .read: "read"
        case .acknowledge: "acknowledge"
        case .elevate: "elevate"
        case .pause: "pause"
        case .resume: "resume"
        case .skip: "skip"
        case .dump: "dump"
        case .save: "save"
        case .copy: "copy"
        case .mark: "mark"
        case .nextMark: "next-mark"
        case .unmarkAll: "unmark-all"
        case .countBy: "count-by"
        case .moveLeft: "left"
        case .moveRight: "right"
        case .sort: "sort"
        case .reverse: "reverse"
        case .follow: "follow"
        case .stage: "secrets stage"
        case .promote: "secrets promote"
        case .abort: "secrets abort"
        case .revoke: "secrets revoke"
        case .extend: "secrets extend"
        case .rotate: "secrets rotate"
        case .rotateAll: "secrets rotate-all"
        case .provision: "provision"
        case .registry: "registry"
        case .approve: "devices approve"
        case .reject: "devices reject"
        case .remove: "devices remove"
        case .blockDevice: "devices block"
        case .unblockDevice: "devices unblock"
        case .adopt: "devices adopt"
        case .device: "device"
        case .values: "values"
        case .offenders: "offenders"
        case .blockAddress: "devices block-address"
        case .unblockAddress: "devices unblock-address"
        case .stepBack: "step-back"
        case .stepForward: "step-forward"
        case .minuteBack: "minute-back"
        case .minuteForward: "minute-forward"
        case .columns: "choose-columns"
        case .hideColumn: "columns hide"
        case .showColumn: "columns show"
        case .showAllColumns: "columns all"
        case .layout: "choose-layout"
        case .hidePane: "layout hide"
        case .showPane: "layout show"
        case .split: "layout split"
        case .curves: "layout curves"
        case .resetLayout: "layout reset"
        }
    }

    /// What may stand behind its name. With nothing there it is about what the cursor is on, as its
    /// key is.
    var parameters: [Parameter] {
        switch self {
        case .pause, .resume, .skip, .letters, .redriveAll, .dropAll: [Parameter(.route)]
        case .redrive, .drop: [Parameter(.route), Parameter(.letter)]
        case .stage, .promote, .abort, .rotate: [Parameter(.model)]
        case .revoke: [Parameter(.model), Parameter(.generation)]
        case .extend: [Parameter(.model), Parameter(.generation), Parameter(.span)]
        case .provision: [Parameter(.model), Parameter(.device, isOptional: true)]
        case .approve, .reject, .remove, .blockDevice, .unblockDevice, .device:
            [Parameter(.model), Parameter(.device)]
        case .blockAddress, .unblockAddress: [Parameter(.address)]
        case .acknowledge: [Parameter(.alarm)]
        case .theme: [Parameter(.theme)]
        case .sort: [Parameter(.column), Parameter(.order, isOptional: true)]
        case .dump: [Parameter(.format)]
        case .save: [Parameter(.file)]
        case .copy: [Parameter(.copyForm)]
        case .filter: [Parameter(.filter)]
        case .hideColumn, .showColumn: [Parameter(.viewColumn)]
        case .hidePane, .showPane: [Parameter(.pane)]
        case .split: [Parameter(.split)]
        case .curves: [Parameter(.curves)]
        default: []
        }
    }

    /// The larger parts of a snapshot that its question is made from, and what it does: a script's lines
    /// are run whatever the view shows.
    var partsAskedBy: SnapshotParts {
        switch self {
        case .promote, .abort, .revoke, .extend, .approve, .reject, .remove, .blockDevice,
            .unblockDevice, .blockAddress, .unblockAddress, .adopt, .device:
            .devices
        default: []
        }
    }

    /// Its name with what may stand behind it: `secrets revoke MODEL GENERATION`.
    var usage: String {
        ([name]
            + parameters.map {
                $0.isOptional ? "[\($0.kind.usage)]" : $0.kind.usage
            }).joined(separator: " ")
    }
}
