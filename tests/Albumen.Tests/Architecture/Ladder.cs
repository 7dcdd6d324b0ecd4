using System.Reflection;
using System.Reflection.Emit;

namespace Albumen.Tests.Architecture;

/// <summary>
/// Reads a compiled assembly and says who uses whom. Feature folders stand on a ladder:
/// a feature may use those on lower rungs, never those above it.
/// </summary>
/// <remarks>
/// Sees base types, fields, signatures, locals and every call in every method body, lambdas and async
/// methods included. Does not see constants, which the compiler copies into their user, nor generic constraints.
/// </remarks>
static class Ladder
{
    const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic
                                | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    static readonly Dictionary<short, OpCode> OpCodeOf = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(op => op.Value);

    /// <summary>Every use of a higher rung by a lower one.</summary>
    /// <exception cref="InvalidOperationException">A feature folder has no rung yet.</exception>
    public static IReadOnlyList<string> Climbs(Assembly assembly, params string[] lowestFirst)
    {
        return [.. from type in assembly.GetTypes()
                   from used in Uses(type).SelectMany(Unwrap).Distinct()
                   where Rung(used) > Rung(type)
                   select $"{type.FullName} uses {used.FullName}"];

        // Types outside the assembly, and the shared values at its root, lie below every rung.
        int Rung(Type type)
        {
            string root = assembly.GetName().Name + ".";
            if (type.Assembly != assembly || type.Namespace?.StartsWith(root, StringComparison.Ordinal) is not true)
                return -1;

            string feature = type.Namespace[root.Length..].Split('.')[0];
            int rung = Array.IndexOf(lowestFirst, feature);
            return rung >= 0 ? rung : throw new InvalidOperationException(
                $"'{feature}' is not on the ladder. Decide where it stands and add it.");
        }
    }

    /// <summary>Every method that uses a member matching <paramref name="isForbidden"/>.</summary>
    public static IReadOnlyList<string> Users(Assembly assembly, Func<MemberInfo, bool> isForbidden) =>
        [.. from type in assembly.GetTypes()
            from method in Methods(type)
            where MembersIn(method).Any(isForbidden)
            select $"{type.FullName}.{method.Name}"];

    static IEnumerable<MethodBase> Methods(Type type) =>
        type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared));

    static IEnumerable<Type> Uses(Type type) =>
    [
        .. type.BaseType is { } parent ? [parent] : Type.EmptyTypes,
        .. type.GetInterfaces(),
        .. type.CustomAttributes.Select(a => a.AttributeType),
        .. type.GetFields(Declared).Select(f => f.FieldType),
        .. Methods(type).SelectMany(Uses),
    ];

    static IEnumerable<Type> Uses(MethodBase method) =>
    [
        .. method is MethodInfo { ReturnType: var result } ? [result] : Type.EmptyTypes,
        .. method.GetParameters().Select(p => p.ParameterType),
        .. method.GetMethodBody()?.LocalVariables.Select(v => v.LocalType) ?? [],
        .. MembersIn(method).Select(m => m as Type ?? m.DeclaringType).OfType<Type>(),
        .. MembersIn(method).OfType<MethodInfo>().Where(m => m.IsGenericMethod).SelectMany(m => m.GetGenericArguments()),
    ];

    /// <summary>List&lt;Asset[]&gt; is a use of Asset.</summary>
    static IEnumerable<Type> Unwrap(Type type) => type.HasElementType
        ? Unwrap(type.GetElementType()!)
        : type.GetGenericArguments().SelectMany(Unwrap).Append(type);

    /// <summary>Walks the method's IL (ECMA-335, III.1.2) and resolves each token it mentions.</summary>
    static IEnumerable<MemberInfo> MembersIn(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il) yield break;
        Type[]? typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        Type[]? methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;

        for (int at = 0; at < il.Length;)
        {
            OpCode op = OpCodeOf[il[at] == 0xFE ? unchecked((short)(0xFE00 | il[at + 1])) : il[at]];
            at += op.Size;
            if (op.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                yield return method.Module.ResolveMember(BitConverter.ToInt32(il, at), typeArguments, methodArguments)!;

            at += op.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
                _ => 4,
            };
        }
    }
}
