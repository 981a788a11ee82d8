//! Types as LLVM's assembly text, shaped as rustc shapes them, because debuggers know Rust by that shape.

use super::metadata::{Writer, quote, scope_text};
use lir::{BaseEncoding, DebugField, DebugParameter, DebugType, DebugTypeId, DebugVariant, IndexVec, Module};

/// The nodes of the module's types that have been asked for.
pub(super) struct Types {
    nodes: IndexVec<DebugTypeId, Option<u32>>,
    /// The enum that the struct of a variant belongs to.
    enums: IndexVec<DebugTypeId, Option<u32>>,
    /// Where types are defined: not said.
    file: u32,
}

impl Types {
    pub(super) fn new(w: &mut Writer) -> Types {
        let file = w.node(format_args!("!DIFile(filename: \"<unknown>\", directory: \"\")"));
        let none = IndexVec::repeat(None, w.module.debug_types.len());
        Types { nodes: none.clone(), enums: none, file }
    }

    /// A type's node. Types refer to each other, also in circles, so all that is needed is numbered first and written from
    /// a list of what is left.
    pub(super) fn node(&mut self, w: &mut Writer, id: DebugTypeId) -> u32 {
        let mut pending = Vec::new();
        let node = self.number(w, id, &mut pending);
        while let Some(id) = pending.pop() {
            self.write(w, id, &mut pending);
        }
        node
    }

    fn number(&mut self, w: &mut Writer, id: DebugTypeId, pending: &mut Vec<DebugTypeId>) -> u32 {
        if let Some(known) = self.nodes[id] {
            return known;
        }
        let number = w.number();
        self.nodes[id] = Some(number);
        pending.push(id);
        number
    }

    fn write(&mut self, w: &mut Writer, id: DebugTypeId, pending: &mut Vec<DebugTypeId>) {
        let module = w.module;
        let number = self.nodes[id].expect("numbered before");
        let file = self.file;
        match &module.debug_types[id] {
            DebugType::Base { name, size, encoding } => {
                let encoding = match encoding {
                    BaseEncoding::Bool => "DW_ATE_boolean",
                    BaseEncoding::Char => "DW_ATE_UTF",
                    BaseEncoding::Signed => "DW_ATE_signed",
                    BaseEncoding::Unsigned => "DW_ATE_unsigned",
                    BaseEncoding::Float => "DW_ATE_float",
                };
                let bits = size * 8;
                w.put(number, format_args!("!DIBasicType(name: {}, size: {bits}, encoding: {encoding})", quote(name)));
            }
            DebugType::Pointer { name, pointee, size } => {
                let pointee = self.number(w, *pointee, pending);
                w.put(
                    number,
                    format_args!(
                        "!DIDerivedType(tag: DW_TAG_pointer_type, name: {}, baseType: !{pointee}, size: {}, \
                         dwarfAddressSpace: 0)",
                        quote(name),
                        size * 8
                    ),
                );
            }
            DebugType::FunctionPointer { name, size } => {
                let nothing = w.node(format_args!("!{{null}}"));
                let function = w.node(format_args!("!DISubroutineType(types: !{nothing})"));
                w.put(
                    number,
                    format_args!(
                        "!DIDerivedType(tag: DW_TAG_pointer_type, name: {}, baseType: !{function}, size: {}, \
                         dwarfAddressSpace: 0)",
                        quote(name),
                        size * 8
                    ),
                );
            }
            DebugType::Struct { name, size, align, fields, parameters } => {
                let members = self.members(w, number, fields, pending);
                let parameters = self.parameters(w, parameters, pending);
                self.composite(w, number, "structure", name, (*size, *align), members, parameters, id);
            }
            DebugType::Union { name, size, align, fields, parameters } => {
                let members = self.members(w, number, fields, pending);
                let parameters = self.parameters(w, parameters, pending);
                self.composite(w, number, "union", name, (*size, *align), members, parameters, id);
            }
            DebugType::Opaque { name, size, align } => {
                let empty = w.empty;
                self.composite(w, number, "structure", name, (*size, *align), empty, empty, id);
            }
            DebugType::Array { element, count, size } => {
                let element = self.number(w, *element, pending);
                // Longer arrays have elements without a size. LLVM counts with a sign; rustc gives the same bits.
                let count = i64::try_from(*count).unwrap_or(-1);
                let range = w.node(format_args!("!DISubrange(count: {count}, lowerBound: 0)"));
                let ranges = w.list(&[range]);
                w.put(
                    number,
                    format_args!(
                        "!DICompositeType(tag: DW_TAG_array_type, baseType: !{element}, size: {}, elements: !{ranges})",
                        size * 8
                    ),
                );
            }
            DebugType::CLikeEnum { name, base, size, values } => {
                let base_node = self.number(w, *base, pending);
                let signed =
                    matches!(&module.debug_types[*base], DebugType::Base { encoding: BaseEncoding::Signed, .. });
                let unsigned = if signed { "" } else { ", isUnsigned: true" };
                let values: Vec<u32> = values
                    .iter()
                    .map(|(name, value)| {
                        w.node(format_args!("!DIEnumerator(name: {}, value: {value}{unsigned})", quote(name)))
                    })
                    .collect();
                let values = w.list(&values);
                let (scope, name) = w.path(name);
                let scope = scope_text(scope);
                w.put(
                    number,
                    format_args!(
                        "!DICompositeType(tag: DW_TAG_enumeration_type, name: {}, scope: {scope}, file: !{file}, \
                         baseType: !{base_node}, size: {}, flags: DIFlagEnumClass, elements: !{values})",
                        quote(name),
                        size * 8
                    ),
                );
            }
            DebugType::Enum { name, size, align, tag, variants, parameters } => {
                let part = self.variant_part(w, number, (*size, *align), *tag, variants, id, pending);
                let elements = w.list(&[part]);
                let parameters = self.parameters(w, parameters, pending);
                self.composite(w, number, "structure", name, (*size, *align), elements, parameters, id);
            }
        }
    }

    fn parameters(&mut self, w: &mut Writer, parameters: &[DebugParameter], pending: &mut Vec<DebugTypeId>) -> u32 {
        let mut nodes = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            let ty = self.number(w, parameter.ty, pending);
            nodes.push(w.node(format_args!("!DITemplateTypeParameter(name: {}, type: !{ty})", quote(&parameter.name))));
        }
        w.list(&nodes)
    }

    fn members(&mut self, w: &mut Writer, scope: u32, fields: &[DebugField], pending: &mut Vec<DebugTypeId>) -> u32 {
        let mut nodes = Vec::with_capacity(fields.len());
        for field in fields {
            let ty = self.number(w, field.ty, pending);
            let bits = size_bits(w.module, field.ty);
            nodes.push(w.node(format_args!(
                "!DIDerivedType(tag: DW_TAG_member, name: {}, scope: !{scope}, file: !{}, baseType: !{ty}, size: {bits}, \
                 offset: {}, flags: DIFlagPublic)",
                quote(&field.name),
                self.file,
                field.offset * 8
            )));
        }
        w.list(&nodes)
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of the node")]
    fn composite(
        &self,
        w: &mut Writer,
        number: u32,
        tag: &str,
        name: &str,
        (size, align): (u64, u64),
        elements: u32,
        parameters: u32,
        id: DebugTypeId,
    ) {
        let (scope, name) = match self.enums[id] {
            Some(of) => (Some(of), name),
            None => w.path(name),
        };
        let (scope, file) = (scope_text(scope), self.file);
        // Nodes of equal content would be one; the identifier tells them apart.
        let identifier = quote(&format!("{}.{}", w.module.name, id.as_u32()));
        w.put(
            number,
            format_args!(
                "!DICompositeType(tag: DW_TAG_{tag}_type, name: {}, scope: {scope}, file: !{file}, size: {}, align: {}, \
                 flags: DIFlagPublic, elements: !{elements}, templateParams: !{parameters}, identifier: {identifier})",
                quote(name),
                size * 8,
                align * 8
            ),
        );
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of the node")]
    fn variant_part(
        &mut self,
        w: &mut Writer,
        scope: u32,
        (size, align): (u64, u64),
        tag: Option<(DebugTypeId, u64)>,
        variants: &[DebugVariant],
        id: DebugTypeId,
        pending: &mut Vec<DebugTypeId>,
    ) -> u32 {
        let part = w.number();
        let file = self.file;
        let (bits, align_bits) = (size * 8, align * 8);
        let tag_bits = tag.map_or(0, |(ty, _)| size_bits(w.module, ty));
        let mut members = Vec::with_capacity(variants.len());
        for variant in variants {
            self.enums[variant.ty] = Some(scope);
            let ty = self.number(w, variant.ty, pending);
            // DWARF's discriminants have at most 64 bits.
            let value = match variant.discriminant {
                Some(value) if (1..=64).contains(&tag_bits) => format!(", extraData: i{tag_bits} {value}"),
                _ => String::new(),
            };
            members.push(w.node(format_args!(
                "!DIDerivedType(tag: DW_TAG_member, name: {}, scope: !{part}, file: !{file}, baseType: !{ty}, \
                 size: {bits}, align: {align_bits}{value})",
                quote(&variant.name)
            )));
        }
        let members = w.list(&members);
        let discriminator = match tag {
            Some((ty, offset)) => {
                let ty = self.number(w, ty, pending);
                let member = w.node(format_args!(
                    "!DIDerivedType(tag: DW_TAG_member, scope: !{scope}, file: !{file}, baseType: !{ty}, \
                     size: {tag_bits}, offset: {}, flags: DIFlagArtificial)",
                    offset * 8
                ));
                format!(", discriminator: !{member}")
            }
            None => String::new(),
        };
        let identifier = quote(&format!("{}.{}.variants", w.module.name, id.as_u32()));
        w.put(
            part,
            format_args!(
                "!DICompositeType(tag: DW_TAG_variant_part, scope: !{scope}, file: !{file}, size: {bits}, \
                 align: {align_bits}, elements: !{members}, identifier: {identifier}{discriminator})"
            ),
        );
        part
    }
}

fn size_bits(module: &Module, id: DebugTypeId) -> u64 {
    let size = match &module.debug_types[id] {
        DebugType::Base { size, .. }
        | DebugType::Pointer { size, .. }
        | DebugType::Struct { size, .. }
        | DebugType::Union { size, .. }
        | DebugType::Array { size, .. }
        | DebugType::Enum { size, .. }
        | DebugType::CLikeEnum { size, .. }
        | DebugType::FunctionPointer { size, .. }
        | DebugType::Opaque { size, .. } => *size,
    };
    size * 8
}
