using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen completion</c>: the script that lets a shell complete what is typed. It asks <c>albumen complete</c>, so it never gets old.</summary>
sealed class Completion : Verb
{
    // Nothing of what is typed is evaluated: bash hands over the line, and gets back words that are quoted already.
    const string Bash = """
        # bash completion for albumen; made by 'albumen completion bash'
        _albumen() {
            local -a lines
            mapfile -t lines < <(albumen complete "--breaks=$COMP_WORDBREAKS" "--bash=${COMP_LINE:0:COMP_POINT}" 2> /dev/null)
            COMPREPLY=()
            if [[ ${lines[0]} == files ]]; then
                compopt -o filenames
                mapfile -t COMPREPLY < <(compgen -f -- "$2")
            elif [[ ${#lines[@]} -gt 1 ]]; then
                COMPREPLY=("${lines[@]:1}")
                # One can go on behind these.
                if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[/=:] ]]; then compopt -o nospace; fi
            fi
        }
        complete -F _albumen albumen

        """;

    const string Zsh = """
        #compdef albumen
        # zsh completion for albumen; made by 'albumen completion zsh'
        _albumen() {
            local -a lines whole whole_shown part part_shown
            local line value shown
            lines=("${(@f)$(albumen complete --position=$((CURRENT - 1)) -- "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2> /dev/null)}")
            if [[ $lines[1] == files ]]; then
                _files
                return
            fi
            for line in "${(@)lines[2,-1]}"; do
                value=${line%%$'\t'*}
                [[ -n $value ]] || continue
                shown=$value
                [[ -z ${line#*$'\t'} ]] || shown+="  -- ${line#*$'\t'}"
                # One can go on behind these.
                if [[ $value == *[/=:] ]]; then
                    part+=("$value") part_shown+=("$shown")
                else
                    whole+=("$value") whole_shown+=("$shown")
                fi
            done
            (( $#whole )) && compadd -l -d whole_shown -a whole
            (( $#part )) && compadd -S '' -l -d part_shown -a part
        }
        if [[ $funcstack[1] == _albumen ]]; then _albumen "$@"; else compdef _albumen albumen; fi

        """;

    const string Fish = """
        # fish completion for albumen; made by 'albumen completion fish'
        function __albumen_complete
            set -l words (commandline -opc)
            set -l word (commandline -ct)
            # An open quote is none of the word.
            set -l plain (string unescape -- $word; or string replace -r '^[\'"]' '' -- $word)
            set -l lines (albumen complete --position=(count $words) -- $words "$plain" 2> /dev/null)
            if test "$lines[1]" = files
                __fish_complete_path "$plain"
            else if set -q lines[2]
                printf '%s\n' $lines[2..-1]
            end
        end
        complete -c albumen -f -a '(__albumen_complete)'

        """;

    readonly Argument<string> _shell = new("shell") { Description = "bash, zsh or fish." };

    public Completion() : base("completion", "Prints a script that completes verbs, options and names of albums, tags and the like.")
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Arguments.Add(_shell);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("completion bash > ~/.local/share/bash-completion/completions/albumen", "For bash, from the next shell on."),
        new("completion zsh > ~/.zfunc/_albumen", "For zsh, where ~/.zfunc is in fpath."),
        new("completion fish > ~/.config/fish/completions/albumen.fish", "For fish."),
    ];

    public override bool NeedsDaemon => false;

    protected override Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        screen.Output.Write(System.Text.Encoding.UTF8.GetBytes(line.GetRequiredValue(_shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return Task.FromResult(Exit.Done);
    }
}
